package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import java.util.Arrays;

/// The end of what a guest has printed, to find texts in it. Of output in which nothing is found, it keeps the last
/// [#WINDOW] bytes, so a guest that prints without end costs no more memory.
final class PrintedText {

    /// How far back a text can be found, in bytes.
    static final int WINDOW = 1 << 16;

    /// The size of [#last], in bytes.
    static final int LAST = 1 << 11;

    private byte[] kept = new byte[256];
    private int count;

    /// From here on, nothing was found yet.
    private int begin;

    void add(byte[] bytes, int length) {
        int from = Math.max(0, length - WINDOW);
        int added = length - from;
        drop(added);
        if (count + added > kept.length) {
            kept = Arrays.copyOf(kept, Math.max(count + added, 2 * kept.length));
        }
        System.arraycopy(bytes, from, kept, count, added);
        count += added;
    }

    /// Drops what is not needed any more, once there is as much of it as of the rest.
    private void drop(int added) {
        int all = count + added;
        if (all <= 2 * WINDOW + LAST) {
            return;
        }
        int keep = Math.min(count, WINDOW + LAST);
        System.arraycopy(kept, count - keep, kept, 0, keep);
        begin = Math.max(0, begin - (count - keep));
        count = keep;
    }

    /// Finds a text that begins after the last one that was found. What was printed up to its end is not searched
    /// again.
    boolean find(Bytes text) {
        for (int at = Math.max(begin, count - WINDOW); at + text.size() <= count; at++) {
            if (isAt(at, text)) {
                begin = at + text.size();
                return true;
            }
        }
        // The text can still end in what is printed next.
        begin = Math.max(begin, count - text.size() + 1);
        return false;
    }

    private boolean isAt(int at, Bytes text) {
        for (int k = 0; k < text.size(); k++) {
            if (kept[at + k] != text.at(k)) {
                return false;
            }
        }
        return true;
    }

    /// The last bytes that were printed, at most [#LAST].
    Bytes last() {
        return Bytes.copyOf(kept, Math.max(0, count - LAST), count);
    }
}
