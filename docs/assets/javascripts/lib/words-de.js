// German words as the search sees them on a translated page; words.js says what English ones are.

const STOP = new Set(
  (
    "aber alle als am an auch auf aus bei bin bis da damit dann das dass dein deine dem den der des die " +
    "dies diese dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas für geht " +
    "gibt habe haben hat hier ich ihr im in ist ja kann kein keine man mehr mein meine mit nach nicht " +
    "noch nur ob oder ohne sein sich sie sind so soll sollte um und uns unser viel vom von vor wann warum " +
    "was welche welcher welches wenn wer werden wie wieso will wird wir wo womit wozu zu zum zur"
  )
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .split(" "),
);
const WEAK = new Set("beispiel brauche brauchen machen nutzen problem hilfe erklaren erklarung tun neu ki".split(" "));

/** @param {string} word */
export const isStop = (word) => STOP.has(word);

/** @param {string} word */
export const isWeak = (word) => WEAK.has(word);

/**
 * A word in one spelling and without the ending of its case and number: who has no umlauts on the keyboard writes ae.
 * @param {string} word folded
 */
export function plain(word) {
  if (word.length < 4 || /[^a-z]/.test(word)) return word;
  const one = word.replace(/([ao])e/g, "$1").replace(/(?<!q)ue/g, "u");
  const bare = one.replace(/(?:ern|em|en|er|es)$/, "");
  if (bare.length > 3 && bare !== one) return bare;
  return one.length > 4 ? one.replace(/[ens]$/, "") : one;
}

export const stem = plain;
