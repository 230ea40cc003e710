import { nothing, sentence } from './phrases.ts'

const waits = 'Le document reste dans le message.'

/** French sentences of what goes wrong on the way to a patient record. */
export const integrationErrors = {
  'integration.target-unknown': sentence(
    'Ce dossier patient n’est plus réglé.',
    waits,
    'Choisissez-en un autre dans les réglages.',
  ),
  'integration.target-managed': sentence(
    'Ce dossier patient est réglé par votre administrateur.',
    nothing,
    'Demandez-lui le changement.',
  ),
  'integration.target-busy': sentence(
    'Des documents attendent encore ce dossier patient.',
    nothing,
    'Attendez, ou abandonnez-les dans « Transmissions au dossier ».',
  ),
  'integration.folder-invalid': sentence(
    'Ce dossier de fichiers ne convient pas.',
    nothing,
    'Choisissez un dossier qui existe et où vous pouvez écrire.',
  ),
  'integration.folder-missing': sentence(
    'Le dossier de fichiers surveillé est introuvable ou refuse l’écriture.',
    waits,
    'Vérifiez que le disque ou le partage est là.',
  ),
  'integration.anchors-invalid': sentence(
    'Ces autorités de certification ne sont pas lisibles.',
    nothing,
    'Collez des certificats au format PEM.',
  ),
  'integration.document-unknown': sentence(
    'Ce document n’est plus dans le message.',
    nothing,
    'Rouvrez le message.',
  ),
  'integration.document-unsuitable': sentence(
    'Ce dossier patient ne prend pas ce genre de document.',
    waits,
    'Enregistrez-le, puis ajoutez-le à la main.',
  ),
  'integration.doubts': sentence(
    'Ce document demande votre accord avant d’être intégré.',
    waits,
    'Lisez les alertes, puis confirmez.',
  ),
  'integration.already-filed': sentence(
    'Ce document est déjà intégré, ou en route.',
    nothing,
    'Regardez son état dans « Transmissions au dossier ».',
  ),
  'integration.refused': sentence(
    'Le logiciel patient a refusé le document.',
    waits,
    'Lisez le motif, corrigez, puis réessayez.',
  ),
  'integration.unknown-outcome': sentence(
    'Le document a été transmis, mais le logiciel patient n’a pas répondu.',
    'Il est peut-être intégré ; il ne le sera pas deux fois sous ce numéro.',
    'Regardez dans le dossier, puis dites s’il y est.',
  ),
  'integration.cannot-withdraw': sentence(
    'Ce document ne peut plus être retiré d’ici.',
    nothing,
    'Retirez-le dans le logiciel patient.',
  ),
  'integration.filing-unknown': sentence('Cette transmission n’existe plus.', nothing, 'Rouvrez la liste.'),
  'integration.too-late': sentence(
    'Cette transmission est déjà allée plus loin.',
    nothing,
    'Regardez son état dans la liste.',
  ),
  'integration.too-large': sentence(
    'Ce document est trop lourd pour être transmis au dossier patient.',
    waits,
    'Enregistrez-le, puis ajoutez-le à la main.',
  ),
  'integration.character': sentence(
    'Le document contient un caractère que le réglage 8859/15 ne permet pas.',
    waits,
    'Réglez l’encodage sur UTF-8 pour ce dossier patient.',
  ),
  'integration.encrypted': sentence(
    'Ce message est chiffré et ne peut pas être lu.',
    waits,
    'Ouvrez-le avec votre carte ou votre clé, puis réessayez.',
  ),
  'integration.rule-unknown': sentence('Cette règle n’existe plus.', nothing, 'Rouvrez la liste des règles.'),
  'integration.cannot-undo': sentence(
    'Cette action ne peut plus être annulée.',
    nothing,
    'Retirez le document dans le logiciel patient.',
  ),
  'hl7.malformed': sentence(
    'La réponse du logiciel patient n’est pas lisible.',
    'Le document est peut-être intégré.',
    'Regardez dans le dossier, puis prévenez l’éditeur du logiciel.',
  ),
  'hl7.limit': sentence(
    'La réponse du logiciel patient est anormalement longue.',
    'Le document est peut-être intégré.',
    'Regardez dans le dossier, puis prévenez l’éditeur du logiciel.',
  ),
  'hl7.wrong-answer': sentence(
    'Le logiciel patient a répondu pour un autre message.',
    'Le document est peut-être intégré.',
    'Regardez dans le dossier, puis prévenez l’éditeur du logiciel.',
  ),
}
