package dev.trapline.remote;

import dev.trapline.abi.Bytes;
import dev.trapline.machine.ConsoleOutput;

/// The last [#KEPT] bytes of a machine's output, for readers that come later or are slower. Written by the machine's
/// thread, read by any thread.
final class OutputFeed implements ConsoleOutput {

    /// How much output is kept for slow readers, in bytes.
    static final int KEPT = 1 << 20;

    /// How many unconfirmed bytes may be on their way to a subscriber.
    static final int WINDOW = 64 << 10;

    /// The largest part in one message, in bytes.
    static final int PART = 16 << 10;

    private final byte[] ring = new byte[KEPT];
    private final Runnable onNews;
    private long total;
    private boolean told;

    /// @param onNews called when there is new output; then not again until [#read] has returned all of it
    OutputFeed(Runnable onNews) {
        this.onNews = onNews;
    }

    /// A part of the output.
    ///
    /// @param offset the position of its first byte
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

    /// The size of the output so far, in bytes.
    synchronized long total() {
        return total;
    }

    /// The output was read: the next output is new again.
    synchronized void look() {
        told = false;
    }

    /// A part of the kept output, from a given position on, or from the first later byte that is still kept.
    ///
    /// @param most the largest size of the part, in bytes
    /// @return empty if nothing has been printed yet
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
