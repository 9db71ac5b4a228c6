package dev.trapline.journal.codec;

/// Numbers of the journal's format.
public final class JournalFormat {

    /// Goes up with every change of what the bytes mean. A recording of another version is refused, by name.
    public static final int VERSION = 2;

    /// The size at which a segment is closed, in bytes of payload; a segment may end up longer by one slice's
    /// records.
    public static final int SEGMENT_BYTES = 64 * 1024;

    /// The last source that reads format version 1, which no release had.
    private static final String LAST_OF_VERSION_1 = "d81b056";

    /// What to do about a recording of another format version: the end of a sentence.
    ///
    /// @param version as the recording names it
    public static String remedy(String version) {
        return version.equals("1")
                ? "; to replay it, build Trapline from commit " + LAST_OF_VERSION_1 + " of its source"
                : ": use a Trapline that reads version " + version;
    }

    private JournalFormat() {}
}
