package dev.trapline.remote;

import dev.trapline.abi.Bytes;
import dev.trapline.machine.ConsoleOutput;

/// What a machine printed, for those who read it later or more slowly: the last [#KEPT] bytes of it. Written by the
/// machine's thread, read by any other.
final class OutputFeed implements ConsoleOutput {

    /// How much is kept for those that have not read it.
    static final int KEPT = 1 << 20;

    /// How many bytes may be on their way to a subscriber that it has not confirmed.
    static final int WINDOW = 64 << 10;

    /// The most bytes of one message.
    static final int PART = 16 << 10;

    private final byte[] ring = new byte[KEPT];
    private final Runnable onNews;
    private long total;
    private boolean told;

    /// @param onNews called after output has come, once until [#read] has seen all of it
    OutputFeed(Runnable onNews) {
        this.onNews = onNews;
    }

    /// A part of the output.
    ///
    /// @param offset of its first byte
    record Part(long offset, Bytes text) {
        long end() {
            return offset + text.size();
        }
    }

    @Override
    public void write(byte[] printed, int length) {
        boolean news;
        synchronized (this) {
            for (int at = Math.max(0, length - KEPT); at < length; at++) {
                ring[(int) ((total + at) % KEPT)] = printed[at];
            }
            total += length;
            news = !told && length > 0;
            told = told || news;
        }
        if (news) {
            onNews.run();
        }
    }

    /// How many bytes were printed so far.
    synchronized long total() {
        return total;
    }

    /// Output is looked at: the next one is news again.
    synchronized void look() {
        told = false;
    }

    /// A part of the output that is kept: from a place on, or from the first byte behind it that is kept.
    ///
    /// @param most bytes
    /// @return empty where nothing is printed yet
    synchronized Part read(long from, int most) {
        long first = Math.max(from, total - KEPT);
        int length = Math.clamp(total - first, 0, most);
        byte[] part = new byte[length];
        for (int at = 0; at < length; at++) {
            part[at] = ring[(int) ((first + at) % KEPT)];
        }
        return new Part(first, Bytes.copyOf(part));
    }
}
