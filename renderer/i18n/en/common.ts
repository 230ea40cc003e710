export const common = {
  close: 'Close',
  cancel: 'Cancel',
  undo: 'Undo',
  back: 'Back',
  next: 'Continue',
  retry: 'Try again',
  loading: 'Loading…',
  notifications: 'Notifications',
  print: 'Print',
  copy: 'Copy',
}
