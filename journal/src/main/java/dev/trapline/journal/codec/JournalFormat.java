package dev.trapline.journal.codec;

import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunSpec;

/// Numbers of the journal's format.
public final class JournalFormat {

    /// The version that is written. It increases with every change of the bytes' meaning.
    public static final int VERSION = 9;

    /// The oldest version that is read. A recording of another version is refused with a message that names the
    /// version. Each version only adds to the one before.
    private static final int OLDEST = 7;

    /// The first version with faults of calls and of the machine, and the first with defects of devices.
    private static final int FAULTS = 8;

    private static final int DEFECTS = 9;

    /// The versions that are read, in words.
    public static final String READ = "the versions " + OLDEST + " to " + VERSION;

    /// The size at which a segment is closed, in bytes of payload; a segment may end up longer by one slice's
    /// records.
    public static final int SEGMENT_BYTES = 64 * 1024;

    /// The source commits that replay earlier versions.
    private static final String SOURCE_OF_VERSION_1 = "d81b056";

    private static final String SOURCE_OF_VERSION_2 = "dc25a55";

    private static final String SOURCE_OF_VERSION_3 = "d282f43";

    private static final String SOURCE_OF_VERSION_4 = "b50851d";

    private static final String SOURCE_OF_VERSION_5 = "86bc29c";

    private static final String SOURCE_OF_VERSION_6 = "a541232";

    /// The version of a header: the oldest that can describe the machine. So a header that was read and is written
    /// again has the same bytes, and the segments behind it still belong to it.
    static int ofHeader(MachineSpec spec) {
        RunSpec run = spec.run();
        return run.defects() ? DEFECTS : run.faults() ? FAULTS : OLDEST;
    }

    /// Whether recordings of a version are read.
    public static boolean isRead(int version) {
        return version >= OLDEST && version <= VERSION;
    }

    /// What to do about a recording of another format version: the end of a sentence.
    ///
    /// @param version as the recording names it
    public static String remedy(String version) {
        return switch (version) {
            case "1" -> build(SOURCE_OF_VERSION_1);
            case "2" -> build(SOURCE_OF_VERSION_2);
            case "3" -> build(SOURCE_OF_VERSION_3);
            case "4" -> build(SOURCE_OF_VERSION_4);
            case "5" -> build(SOURCE_OF_VERSION_5);
            case "6" -> build(SOURCE_OF_VERSION_6);
            default -> ": use a Trapline that reads version " + version;
        };
    }

    private static String build(String commit) {
        return "; to replay it, build Trapline from commit " + commit + " of its source";
    }

    private JournalFormat() {}
}
