/** Operations on folders, written with app/mail. */
export const folderOperations = {}
