package dev.trapline.journal.codec;

import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;

/// Encodes and decodes values of a machine in the layout of recordings, for other users of that layout. Every method
/// that decodes throws [CodecException] or [IllegalArgumentException] if the bytes are not such a value.
public final class MachineValues {

    private MachineValues() {}

    public static void write(PackedWriter out, MachineSpec spec) {
        SpecCodec.write(out, spec);
    }

    public static MachineSpec readSpec(PackedReader in) {
        return SpecCodec.read(in);
    }

    public static void write(PackedWriter out, RunOutcome outcome) {
        OutcomeCodec.write(out, outcome);
    }

    public static RunOutcome readOutcome(PackedReader in) {
        return OutcomeCodec.read(in);
    }

    public static void write(PackedWriter out, Image.Kind kind) {
        out.ensure(1);
        Codes.IMAGE_KIND.write(out, kind);
    }

    public static Image.Kind readImageKind(PackedReader in) {
        return Codes.IMAGE_KIND.read(in);
    }

    /// A text in UTF-8 behind its length.
    public static void write(PackedWriter out, String text) {
        out.string(text);
    }

    public static String readText(PackedReader in) {
        return in.string();
    }
}
