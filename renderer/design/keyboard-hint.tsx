/** A key or chord as it is printed on the keyboard, e.g. « Ctrl K ». */
export const KeyboardHint = ({ keys }: { keys: string }) => <kbd className="keyboard-hint">{keys}</kbd>
