package dev.trapline.journal.codec;

/// Numbers of the journal's format.
public final class JournalFormat {

    /// Goes up with every change of what the bytes mean. A recording of another version is refused, by name.
    public static final int VERSION = 1;

    /// The size at which a segment is closed, in bytes of payload; a segment may end up longer by one slice's
    /// records.
    public static final int SEGMENT_BYTES = 64 * 1024;

    /// The largest record that can be stored, in bytes: what an effect writes to memory, or what arrives at the
    /// console at once.
    public static final int MAX_RECORD_BYTES = 16 * 1024 * 1024;

    private JournalFormat() {}
}
