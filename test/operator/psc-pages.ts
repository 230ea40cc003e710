import { professionals } from './psc-claims.ts'

/** Pages of the simulated provider: its login, and the e-CPS application. */
export const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

export const loginPage = (action: string, hint: string, problem: string): string => `<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Pro Santé Connect — simulation</title>
<style>body{font:16px sans-serif;max-width:28rem;margin:12vh auto;padding:0 1rem;color:#123}
input,button{font:inherit;padding:.6rem;width:100%;box-sizing:border-box;margin:.4rem 0}
button{background:#0b5cad;color:#fff;border:0;border-radius:.3rem}.note{color:#555}</style></head>
<body><main><h1>Pro Santé Connect — simulation</h1>
<p class="note">Fournisseur d’identité de démonstration, sans lien avec l’ANS. Personnes fictives.</p>
${problem ? `<p id="error" role="alert">${escape(problem)}</p>` : ''}
<form method="post" action="${escape(action)}">
<label for="login">Professionnel (nom court, RPPS ou adresse)</label>
<input id="login" name="login" list="professionals" value="${escape(hint)}" autofocus required>
<datalist id="professionals">${professionals
  .map(({ key, displayName }) => `<option value="${key}">${escape(displayName)}</option>`)
  .join('')}</datalist>
<button id="submit" type="submit">Se connecter</button>
<button id="cancel" type="submit" name="cancel" value="yes" formnovalidate>Annuler</button>
</form></main></body></html>`

/** What waits for an answer on the professional's own device. */
export const approvalsPage = (
  waiting: readonly { id: string; name: string; number: string; channel: 'CARD' | 'MOBILE' }[],
): string => `<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>e-CPS — simulation</title>
<style>body{font:16px sans-serif;max-width:24rem;margin:10vh auto;padding:0 1rem;color:#123}
form{border:1px solid #ccd;border-radius:.6rem;padding:1rem;margin:1rem 0}strong{font-size:3rem;letter-spacing:.3rem}
button{font:inherit;padding:.6rem 1rem;margin:.4rem .4rem 0 0}.note{color:#555}</style></head>
<body><main><h1>e-CPS — simulation</h1>
<p class="note">Application de démonstration, sans lien avec l’ANS. Vérifiez que le nombre est celui de l’écran du logiciel.</p>
${waiting.length === 0 ? '<p>Aucune demande de connexion.</p>' : ''}
${waiting
  .map(
    ({
      id,
      name,
      number,
      channel,
    }) => `<form method="post"><input type="hidden" name="id" value="${escape(id)}">
<p>${escape(name)} · ${channel === 'CARD' ? 'carte lue par CPS-Gestion (simulation)' : 'application e-CPS (simulation)'}</p>
<p><strong id="number">${escape(number)}</strong></p>
<button name="answer" value="yes">Approuver</button><button name="answer" value="no">Refuser</button></form>`,
  )
  .join('')}
</main></body></html>`
