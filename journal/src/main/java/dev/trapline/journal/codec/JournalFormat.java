package dev.trapline.journal.codec;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Numbers of the journal's format.
public final class JournalFormat {

    /// Goes up with every change of what the bytes mean. A recording of another version is refused, by name.
    public static final int VERSION = 3;

    /// The size at which a segment is closed, in bytes of payload; a segment may end up longer by one slice's
    /// records.
    public static final int SEGMENT_BYTES = 64 * 1024;

    /// Source that replays each version before this one. No release had them.
    private static final SortedMap<String, String> SOURCES = new TreeMap<>(Map.of("1", "d81b056", "2", "dc25a55"));

    /// What to do about a recording of another format version: the end of a sentence.
    ///
    /// @param version as the recording names it
    public static String remedy(String version) {
        String source = SOURCES.get(version);
        return source != null
                ? "; to replay it, build Trapline from commit " + source + " of its source"
                : ": use a Trapline that reads version " + version;
    }

    private JournalFormat() {}
}
