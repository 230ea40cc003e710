/** What `inspect path` says in French beside its codes. */
import type { PathInspection } from '../app/smime/index.ts'

type PathCode = NonNullable<PathInspection['failure']>['code']
type ListCode = NonNullable<PathInspection['revocation']['certificates'][number]['problem']>
type PurposeCode = NonNullable<PathInspection['purpose']['problem']>

export const pathSentences: Readonly<Record<PathCode, string>> = {
  malformed: 'Ce certificat est illisible : son encodage n’est pas celui d’un certificat X.509.',
  'duplicate-extension': 'Ce certificat porte deux fois la même extension.',
  'issuer-not-found': 'Aucun certificat fourni ne porte le nom de l’émetteur de ce certificat.',
  'untrusted-authority': 'Le chemin s’arrête à une autorité qui n’est pas une ancre de confiance.',
  'name-chaining':
    'La clé de l’autorité a bien signé ce certificat, mais le nom de l’émetteur n’est pas le sien.',
  signature: 'La signature de ce certificat n’est pas celle de son émetteur.',
  'unsupported-algorithm': 'L’algorithme de la clé ou de la signature n’est pas reconnu.',
  'weak-algorithm': 'L’algorithme ou la taille de la clé n’offre plus de sécurité suffisante.',
  'not-yet-valid': 'Ce certificat n’est pas encore valide à la date demandée.',
  expired: 'Ce certificat a expiré à la date demandée.',
  'name-constraints': 'Un nom de ce certificat sort des noms que ses autorités peuvent certifier.',
  policy: 'Aucune politique de certification exigée n’est valable sur tout le chemin.',
  'policy-mapping': 'Ce certificat fait correspondre « toute politique », ce qui est interdit.',
  'not-an-authority': 'Ce certificat n’est pas celui d’une autorité : il ne peut en émettre d’autres.',
  'path-length': 'Une autorité du chemin n’admet pas autant d’autorités au-dessous d’elle.',
  'key-usage': 'La clé de cette autorité n’est pas prévue pour signer des certificats.',
  'critical-extension': 'Ce certificat porte une extension critique inconnue : il ne doit pas être utilisé.',
  revoked: 'Ce certificat est révoqué.',
  'revocation-unknown': 'Les listes fournies ne disent pas si ce certificat est révoqué.',
  purpose: 'Ce certificat n’est pas prévu pour cet usage.',
  limit: 'La recherche a été abandonnée : trop de certificats, de noms ou de politiques.',
}

export const listSentences: Readonly<Record<ListCode, string>> = {
  'indirect-list':
    'Seule une liste indirecte couvre ce certificat ; les listes indirectes ne sont pas acceptées.',
  'list-critical-extension': 'La liste porte une extension critique inconnue.',
  'list-signature': 'La signature de la liste n’est pas celle de l’émetteur.',
  'list-signer': 'Le certificat qui a signé la liste n’en a pas le droit, ou n’est pas lui-même valide.',
  'list-weak': 'La liste est signée par un algorithme qui n’offre plus de sécurité suffisante.',
  'list-expired': 'La liste est périmée.',
  'list-not-yet-valid': 'La liste est postérieure à la date demandée.',
  'list-without-next-update': 'La liste ne dit pas jusqu’à quand elle vaut.',
  'delta-without-base': 'Seule une liste différentielle est fournie, sans la liste complète.',
  'list-reasons': 'Les listes fournies ne couvrent pas tous les motifs de révocation.',
  'list-scope': 'La liste de l’émetteur ne couvre pas ce certificat.',
  'list-malformed': 'La liste est illisible.',
  'no-list': 'Aucune liste de l’émetteur n’est fournie.',
}

export const purposeSentences: Readonly<Record<PurposeCode, string>> = {
  'extended-key-usage': 'L’usage étendu de la clé ne comprend pas cet usage.',
  'key-usage': 'L’usage de la clé ne convient pas.',
  authority: 'C’est le certificat d’une autorité.',
  'issuer-extended-key-usage': 'L’usage étendu d’une autorité du chemin ne comprend pas cet usage.',
}
