export const diagnosis = {
  title: 'Diagnostic du poste',
  intro:
    'SousPli vérifie la carte, les certificats, les serveurs et le stockage de ce poste. Rien n’est modifié et aucun code n’est demandé.',
  running: 'Vérifications en cours…',
  again: 'Recommencer',
  copy: 'Copier le rapport',
  copied: 'Rapport copié. Il ne contient ni nom, ni adresse, ni RPPS.',
  copyFailed: 'La copie a échoué : affichez le texte du rapport et copiez-le à la main.',
  showReport: 'Afficher le texte du rapport',
  reportLabel: 'Rapport à envoyer au support',
  summaryOk: 'Tout va bien sur ce poste.',
  summaryAttention: '{count, plural, one {1 point à surveiller.} other {# points à surveiller.}}',
  summaryFault: '{count, plural, one {1 problème trouvé.} other {# problèmes trouvés.}}',
  serverTitle: 'Vérifier un autre serveur',
  serverHost: 'Nom du serveur',
  serverService: 'Service',
  serverImap: 'Réception (IMAP)',
  serverSmtp: 'Envoi (SMTP)',
  serverPort: 'Port',
  serverSecurity: 'Chiffrement',
  serverCheck: 'Vérifier ce serveur',
  'level-ok': 'Bon',
  'level-attention': 'À surveiller',
  'level-fault': 'Problème',
  'level-unknown': 'Inconnu',
  levelOf: '{level} :',
  'area-program': 'Logiciel',
  'area-module': 'Module de la carte (Cryptolib CPS)',
  'area-readers': 'Lecteurs',
  'area-card': 'Carte',
  'area-certificates': 'Certificats de la carte',
  'area-revocation': 'Révocation',
  'area-clock': 'Horloge',
  'area-servers': 'Serveurs de messagerie',
  'area-store': 'Stockage',
  reportHead: 'SousPli, diagnostic du poste, {at}',
  reportTodo: 'À faire : {todo}',
  'line-program-versions': 'SousPli {version}, {platform} {arch}, Node {node}.',
  'line-key-store-works': 'Le trousseau du système garde les secrets de ce poste.',
  'line-card-tls-ready': 'La connexion aux serveurs avec la carte seule est possible.',
  'line-card-tls-missing': 'Le composant de connexion avec la carte seule n’est pas dans cette installation.',
  'line-policy-test': 'La politique de ce poste accepte des autorités de test.',
  'line-key-store-missing':
    'Le trousseau du système ne répond pas : une carte ne peut pas ouvrir de messagerie ici.',
  'line-module-missing': 'Aucun module de carte trouvé ({count} emplacements : {where}).',
  'line-module-architecture': '{path} est fait pour {file}, comme ce programme.',
  'line-module-loaded': 'Module {version} chargé ({description}) : {path}.',
  'line-module-unsure': 'Le module {path} ne dit pas sa version.',
  'line-module-failed': 'Le module {path} n’a pas démarré ({reason}).',
  'line-module-old':
    'Le module {path} est en version {version} ; il faut au moins la {least} (Cryptolib CPS 5.2).',
  'line-module-other-architecture': 'Le module {path} est fait pour {file} ; ce programme est {process}.',
  'line-module-not-library': 'Le fichier {path} n’est pas une bibliothèque.',
  'line-readers-unknown': 'Lecteurs inconnus : le module de la carte ne fonctionne pas.',
  'line-reader-none': 'Aucun lecteur de carte.',
  'line-reader-found': 'Lecteur {reader}{pinPad, select, yes { avec clavier} other {}}.',
  'line-card-unread': 'Carte inconnue : le module de la carte ne fonctionne pas.',
  'line-card-absent': 'Aucune carte dans les lecteurs.',
  'line-card-present': 'Carte {kind} {serial} dans {reader}.',
  'line-card-open': 'Carte {kind} {serial} ouverte dans {reader}.',
  'line-card-tries':
    'Il reste {tries, plural, =1 {1 essai} other {# essais}} de code porteur sur la carte {serial}.',
  'line-card-unknown': 'La carte dans {reader} n’est pas de la famille CPS, ou trop récente pour le module.',
  'line-card-mute': 'La carte dans {reader} ne répond pas.',
  'line-card-contactless': 'La carte est posée sur un lecteur sans contact : {reader}.',
  'line-card-blocked': 'La carte {serial} est bloquée après trois codes porteurs incorrects.',
  'line-card-dead': 'La carte {serial} est définitivement bloquée.',
  'line-certificates-unread': 'Certificats non lus : aucune carte utilisable.',
  'line-certificate-valid':
    'Certificat {purpose, select, signature {de signature} other {d’authentification}} valable du {from} au {until}.',
  'line-certificate-expiring':
    'Certificat {purpose, select, signature {de signature} other {d’authentification}} : expire le {until}, dans {days, plural, =0 {moins d’un jour} =1 {1 jour} other {# jours}}.',
  'line-certificate-missing':
    'Certificat {purpose, select, signature {de signature} other {d’authentification}} absent de la carte ou illisible.',
  'line-certificate-expired':
    'Certificat {purpose, select, signature {de signature} other {d’authentification}} expiré depuis le {until}.',
  'line-certificate-not-yet-valid':
    'Certificat {purpose, select, signature {de signature} other {d’authentification}} valable à partir du {from} seulement.',
  'line-certificate-revoked':
    'Certificat {purpose, select, signature {de signature} other {d’authentification}} révoqué par son autorité.',
  'line-chain-trusted':
    'Certificat {purpose, select, signature {de signature} other {d’authentification}} : chaîne vérifiée jusqu’à « {authority} ».',
  'line-chain-untrusted':
    'Certificat {purpose, select, signature {de signature} other {d’authentification}} émis par « {authority} » : chaîne refusée ({reason}).',
  'line-anchors-none': 'Aucune autorité de confiance acceptée sur ce poste ({refused} refusées).',
  'line-revocation-good':
    'Certificat {purpose, select, signature {de signature} other {d’authentification}} non révoqué, selon son autorité.',
  'line-revocation-answered':
    '{kind, select, ocsp {Répondeur OCSP} other {Liste de révocation}} joignable : {host}.',
  'line-revocation-silent':
    '{kind, select, ocsp {Répondeur OCSP} other {Liste de révocation}} injoignable : {host} ({reason}).',
  'line-revocation-nowhere':
    'Aucune adresse de révocation à vérifier : elles sont dans les certificats d’une carte.',
  'line-clock-right':
    'L’horloge de ce poste est juste à {seconds, plural, =0 {une seconde} =1 {1 seconde} other {# secondes}} près (selon {host}).',
  'line-clock-off':
    'L’horloge de ce poste {direction, select, behind {retarde} other {avance}} de {seconds} secondes (selon {host}).',
  'line-clock-wrong':
    'L’horloge de ce poste {direction, select, behind {retarde} other {avance}} de {seconds} secondes (selon {host}) : certificats et connexions sont refusés.',
  'line-clock-unknown': 'Horloge non vérifiée : aucun serveur n’a donné l’heure.',
  'line-server-ready':
    '{service, select, smtp {Envoi} other {Réception}} {host}:{port} répond en {milliseconds} ms, certificat vérifié.',
  'line-server-slow':
    '{service, select, smtp {Envoi} other {Réception}} {host}:{port} répond lentement ({milliseconds} ms), certificat vérifié.',
  'line-server-name':
    '{service, select, smtp {Envoi} other {Réception}} {host}:{port} : ce nom de serveur n’est pas connu du DNS.',
  'line-server-unreachable':
    '{service, select, smtp {Envoi} other {Réception}} {host}:{port} : connexion refusée ou sans chemin.',
  'line-server-silent':
    '{service, select, smtp {Envoi} other {Réception}} {host}:{port} ne répond pas ({reason}).',
  'line-server-no-starttls':
    '{service, select, smtp {Envoi} other {Réception}} {host}:{port} ne propose pas de connexion chiffrée (STARTTLS).',
  'line-server-untrusted':
    '{service, select, smtp {Envoi} other {Réception}} {host}:{port} : certificat ou chiffrement refusé ({reason}).',
  'line-server-greeting':
    '{service, select, smtp {Envoi} other {Réception}} {host}:{port} : ce n’est pas la réponse d’un serveur de messagerie ({reason}).',
  'line-server-wants-card':
    '{service, select, smtp {Envoi} other {Réception}} {host}:{port} : ce serveur ne répond sans doute qu’avec la carte.',
  'line-servers-unknown': 'Aucun serveur à vérifier : la messagerie est fermée ou sans compte.',
  'line-store-present':
    '{count, plural, =1 {1 messagerie chiffrée} other {# messageries chiffrées}} sur ce poste.',
  'line-store-sound': 'Stockage vérifié et sain le {at}.',
  'line-store-unchecked': 'Le stockage n’a pas encore été vérifié en entier.',
  'line-store-damaged': 'La dernière vérification a trouvé le stockage abîmé.',
  'line-store-unreadable':
    'Le fichier des clés de {count, plural, =1 {1 messagerie} other {# messageries}} est illisible.',
  'line-store-none': 'Aucune messagerie sur ce poste.',
  'line-disk-room': 'Place libre sur le disque : {free}.',
  'line-disk-low': 'Il reste peu de place sur le disque : {free}.',
  'line-disk-full': 'Le disque est plein : {free}.',
  'line-disk-unknown': 'La place libre sur le disque n’est pas connue.',
  'todo-policy-test': 'C’est voulu sur un poste de test ; sinon, retirez « environment » de la politique.',
  'todo-key-store-missing': 'Ouvrez la session du système normalement, ou utilisez une phrase de passe.',
  'todo-card-tls-missing':
    'Réinstallez SousPli ; les boîtes par Pro Santé Connect ou mot de passe fonctionnent sans lui.',
  'todo-module-missing': 'Installez « Cryptolib CPS » 5.2 ou plus récente, de l’ANS.',
  'todo-module-unsure': 'Vérifiez que la Cryptolib CPS est en version 5.2 ou plus récente.',
  'todo-module-failed': 'Débranchez puis rebranchez le lecteur ; sinon réinstallez la Cryptolib CPS.',
  'todo-module-old': 'Mettez la Cryptolib CPS à jour depuis le site de l’ANS.',
  'todo-module-other-architecture': 'Installez la version de la Cryptolib CPS faite pour ce programme.',
  'todo-module-not-library':
    'Corrigez le chemin dans la politique du poste, ou réinstallez la Cryptolib CPS.',
  'todo-readers-unknown': 'Réglez d’abord le module de la carte.',
  'todo-reader-none': 'Branchez un lecteur et vérifiez que son pilote est installé.',
  'todo-card-unread': 'Réglez d’abord le module de la carte.',
  'todo-card-absent': 'Insérez votre carte CPS, puce en avant, et recommencez.',
  'todo-card-tries': 'Vérifiez votre code avant de le saisir ; un code juste remet les essais à trois.',
  'todo-card-unknown':
    'Insérez une carte CPS, CPF ou CPE ; pour une carte récente, mettez la Cryptolib CPS à jour.',
  'todo-card-mute': 'Retournez la carte, essuyez la puce, essayez un autre lecteur.',
  'todo-card-contactless': 'Insérez la carte dans un lecteur à contact.',
  'todo-card-blocked': 'Débloquez-la avec le code de déblocage du courrier de l’ANS.',
  'todo-card-dead': 'Commandez une nouvelle carte auprès de l’ANS (0 809 100 001).',
  'todo-certificates-unread': 'Insérez votre carte et recommencez.',
  'todo-certificate-expiring': 'Demandez le renouvellement de la carte à l’ANS.',
  'todo-certificate-missing': 'Contactez l’ANS (0 809 100 001) : la carte n’est pas complète.',
  'todo-certificate-expired': 'Utilisez votre nouvelle carte, ou demandez-la à l’ANS.',
  'todo-certificate-not-yet-valid': 'Vérifiez la date de ce poste ; sinon attendez le début de validité.',
  'todo-certificate-revoked': 'Utilisez votre nouvelle carte, ou contactez l’ANS.',
  'todo-chain-untrusted': 'Vérifiez que la carte n’est pas une carte de test, et que SousPli est à jour.',
  'todo-anchors-none': 'Vérifiez « trustAnchors » dans la politique du poste.',
  'todo-revocation-silent': 'Autorisez cette adresse (http) dans le pare-feu ou le proxy.',
  'todo-revocation-nowhere': 'Insérez une carte et recommencez.',
  'todo-clock-off': 'Réglez l’heure du poste sur un serveur de temps.',
  'todo-clock-wrong': 'Réglez l’heure du poste sur un serveur de temps, puis recommencez.',
  'todo-clock-unknown': 'Comparez l’heure du poste à une horloge sûre.',
  'todo-server-slow':
    'Recommencez plus tard ; sinon signalez-le à votre opérateur ou à votre support réseau.',
  'todo-server-name': 'Vérifiez la connexion du poste et le nom du serveur.',
  'todo-server-unreachable': 'Autorisez ce serveur et ce port dans le pare-feu.',
  'todo-server-silent': 'Vérifiez le pare-feu ; sinon recommencez plus tard ou contactez votre opérateur.',
  'todo-server-no-starttls': 'Vérifiez le port ; un équipement du réseau retire peut-être le chiffrement.',
  'todo-server-untrusted': 'Ne vous connectez pas ; signalez-le à votre opérateur et à votre support.',
  'todo-server-greeting': 'Vérifiez le nom et le port du serveur.',
  'todo-server-wants-card': 'Ouvrez la messagerie avec votre carte : l’état du compte y dira le reste.',
  'todo-servers-unknown': 'Ouvrez votre messagerie, ou saisissez un serveur à vérifier.',
  'todo-store-unchecked':
    'La vérification se fait toute seule ; elle se lance aussi dans Réglages, Stockage.',
  'todo-store-damaged': 'Restaurez une sauvegarde ou reconstruisez depuis le serveur (Réglages, Stockage).',
  'todo-store-unreadable': 'Restaurez une sauvegarde ; gardez les fichiers de ce poste pour le support.',
  'todo-store-none': 'Suivez l’assistant pour créer une messagerie.',
  'todo-disk-low': 'Libérez de la place, ou réglez la conservation (Réglages, Stockage).',
  'todo-disk-full': 'Libérez de la place tout de suite : rien ne peut plus être reçu.',
  'todo-disk-unknown': 'Vérifiez la place libre avec le système.',
}
