package dev.trapline.benchmarks;

import akka.serialization.SerializerWithStringManifest;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.journal.codec.PackedReader;
import dev.trapline.journal.codec.PackedWriter;
import dev.trapline.journal.codec.RecordDecoder;
import dev.trapline.journal.codec.RecordEncoder;
import java.util.Arrays;

/// Converts single calls to bytes with the journal's own codec, because a slower one would make the reference unfair.
///
/// Public only because Akka creates it by reflection.
public final class PlainSerializer extends SerializerWithStringManifest {

    /// Room for a call; the writer grows if that is not enough.
    private static final int CALL_BYTES = 256;

    @Override
    public int identifier() {
        return 28_275;
    }

    @Override
    public String manifest(Object event) {
        return "call";
    }

    @Override
    public byte[] toBinary(Object event) {
        Call call = (Call) event;
        PackedWriter out = new PackedWriter(CALL_BYTES);
        RecordEncoder encoder = new RecordEncoder(out);
        encoder.encode(call.slice());
        encoder.encode(call.answer());
        return Arrays.copyOf(out.buffer(), out.length());
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        RecordDecoder decoder = new RecordDecoder(new PackedReader(bytes, 0, bytes.length));
        return new Call((JournalRecord.Slice) decoder.next(), (JournalRecord.Answer) decoder.next());
    }
}
