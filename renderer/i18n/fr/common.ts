export const common = {
  close: 'Fermer',
  cancel: 'Annuler',
  undo: 'Annuler',
  next: 'Continuer',
  retry: 'Réessayer',
  loading: 'Chargement…',
  notifications: 'Notifications',
  print: 'Imprimer',
  copy: 'Copier',
}
