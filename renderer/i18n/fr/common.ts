export const common = {
  close: 'Fermer',
  cancel: 'Annuler',
  undo: 'Annuler',
  back: 'Retour',
  next: 'Continuer',
  retry: 'Réessayer',
  loading: 'Chargement…',
  notifications: 'Notifications',
  print: 'Imprimer',
  copy: 'Copier',
}
