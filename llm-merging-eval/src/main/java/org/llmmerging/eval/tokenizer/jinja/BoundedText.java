package org.llmmerging.eval.tokenizer.jinja;

/** Text that grows to a bound: a template that doubles its text again and again must not take all memory. */
final class BoundedText {
    static final int MOST_CHARACTERS = 16_000_000;

    private final StringBuilder text = new StringBuilder();

    BoundedText append(String more) {
        makeRoom(more.length());
        text.append(more);
        return this;
    }

    BoundedText appendCodePoint(int codePoint) {
        makeRoom(Character.charCount(codePoint));
        text.appendCodePoint(codePoint);
        return this;
    }

    BoundedText repeat(String more, long times) {
        long count = Math.max(0, times);
        if (!more.isEmpty()) {
            makeRoom(count > MOST_CHARACTERS ? count : count * more.length());
            text.repeat(more, (int) count);
        }
        return this;
    }

    private void makeRoom(long characters) {
        if (text.length() + characters > MOST_CHARACTERS) {
            throw new JinjaException("makes a text of more than " + MOST_CHARACTERS + " characters");
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
