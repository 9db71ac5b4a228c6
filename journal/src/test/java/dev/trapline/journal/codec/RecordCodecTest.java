package dev.trapline.journal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.journal.SampleRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RecordCodecTest {

    @Provide
    static Arbitrary<List<JournalRecord>> anyRecords() {
        return AnyRecord.lists();
    }

    @Property(tries = 500)
    void everyRecordDecodesToWhatWasEncoded(@ForAll("anyRecords") List<JournalRecord> records) {
        assertThat(decode(encode(records))).isEqualTo(records);
    }

    @Property(tries = 200)
    void everyEndDecodesToWhatWasEncoded(@ForAll Random random) {
        List<JournalRecord> end = List.of(new AnyRecord(random).end());
        assertThat(decode(encode(end))).isEqualTo(end);
    }

    @Property(tries = 200)
    void anEncoderThatIsResetWritesAsAFreshOne(@ForAll("anyRecords") List<JournalRecord> records) {
        PackedWriter out = new PackedWriter(64);
        RecordEncoder encoder = new RecordEncoder(out);
        records.forEach(encoder::encode);
        encoder.reset();
        out.length(0);
        records.forEach(encoder::encode);
        assertThat(out.toArray())
                .as("a segment decodes without those before it")
                .isEqualTo(encode(records));
    }

    @Property(tries = 300)
    void cutOffBytesAreAnError(@ForAll("anyRecords") List<JournalRecord> records, @ForAll Random random) {
        byte[] whole = encode(records);
        byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
        List<JournalRecord> read = new ArrayList<>();
        try {
            decodeInto(cut, read);
        } catch (CodecException e) {
            assertThat(e).as("a cut within a record says so").hasMessageContaining("byte");
        }
        assertThat(read).as("the records before the cut are correct").isEqualTo(records.subList(0, read.size()));
    }

    @Property(tries = 2000)
    void flippedBytesEndInAnErrorOrInARecordButNeverInAnythingElse(
            @ForAll("anyRecords") List<JournalRecord> records, @ForAll Random random) {
        byte[] bytes = encode(records);
        for (int left = bytes.length == 0 ? 0 : 1 + random.nextInt(4); left > 0; left--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        List<JournalRecord> read = new ArrayList<>();
        try {
            decodeInto(bytes, read);
        } catch (CodecException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        assertThat(read.size()).as("a record has at least one byte").isLessThanOrEqualTo(bytes.length);
    }

    @Property(tries = 2000)
    void noiseNeverMakesTheDecoderFailInAnotherWay(@ForAll byte[] noise) {
        List<JournalRecord> read = new ArrayList<>();
        try {
            decodeInto(noise, read);
        } catch (CodecException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        assertThat(read.size()).isLessThanOrEqualTo(noise.length);
    }

    @Test
    void aLengthIsComparedWithTheRestBeforeItIsAllocated() {
        byte[] twoGigabytes = {RecordLayout.CONSOLE_INPUT, -1, -1, -1, -1, 7, 0};
        assertThatThrownBy(() -> decode(twoGigabytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("may be at most");
    }

    @Test
    void aFrameThatIsTooShortOrTooLongIsAnError() {
        byte[] short13 = new byte[2 + 13];
        short13[0] = (byte) RecordLayout.FRAME;
        short13[1] = 13;
        assertThatThrownBy(() -> decode(short13))
                .isInstanceOf(CodecException.class)
                .hasMessageStartingWith("no frame has 13 bytes");
        byte[] long1519 = new byte[3 + 1519];
        long1519[0] = (byte) RecordLayout.FRAME;
        long1519[1] = (byte) (0x80 | (1519 & 0x7f));
        long1519[2] = 1519 >> 7;
        assertThatThrownBy(() -> decode(long1519))
                .isInstanceOf(CodecException.class)
                .hasMessageStartingWith("no frame has 1519 bytes");
    }

    @Test
    void aFaultThatCannotBeIsAnError() {
        assertThatThrownBy(() -> decode(fault(0, 0))).hasMessageContaining("changes no register");
        assertThatThrownBy(() -> decode(fault(1, 1, 0))).hasMessageContaining("x0 is the function");
        assertThatThrownBy(() -> decode(fault(3, 0))).hasMessageContaining("a fault that takes 0 ticks");
        assertThatThrownBy(() -> decode(fault(4, -1, -1, -1, -1, -1, -1, -1, -1, 127)))
                .hasMessageContaining("lost for ever in another form");
        assertThatThrownBy(() -> decode(fault(8))).hasMessageContaining("no fault of number 8");
        assertThatThrownBy(() -> decode(fault(7, 3, 0))).isInstanceOf(CodecException.class);
    }

    private static byte[] fault(int... bytes) {
        byte[] record = new byte[bytes.length + 1];
        record[0] = (byte) RecordLayout.FAULTED;
        for (int n = 0; n < bytes.length; n++) {
            record[n + 1] = (byte) bytes[n];
        }
        return record;
    }

    @Test
    void aNumberHasOneEncoding() {
        byte[] overlong = {RecordLayout.CONSOLE_INPUT, (byte) 0x80, 0};
        assertThatThrownBy(() -> decode(overlong))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("one encoding");
    }

    @Test
    void aHypercallInALoopTakesFewBytes() {
        List<JournalRecord> loop = new ArrayList<>();
        for (int n = 0; n < 1000; n++) {
            SampleRun.step(n, loop::add);
        }
        assertThat(encode(loop).length / 1000)
                .as("bytes for a slice with its answer, digests included")
                .isLessThanOrEqualTo(30);
    }

    @Test
    void aRecordThatIsTooLargeIsRefused() {
        JournalRecord huge = new JournalRecord.ConsoleInput(Bytes.copyOf(new byte[JournalRecord.MAX_BYTES + 1]));
        assertThatThrownBy(() -> encode(List.of(huge)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16777217");
    }

    @Test
    void aHypercallThatNoInstructionMakesIsRefused() {
        JournalRecord.Slice good = SampleRun.hypercallSlice(new dev.trapline.abi.VcpuId(0), 1);
        HypercallExit call = (HypercallExit) good.exit();
        HypercallExit bad = new HypercallExit(call.conduit(), 0x1_0000, call.state(), 1, 4, true, call.registers());
        JournalRecord record = new JournalRecord.Slice(good.vcpu(), good.began(), good.budget(), 1, bad, 0);
        assertThatThrownBy(() -> encode(List.of(record))).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] encode(List<JournalRecord> records) {
        PackedWriter out = new PackedWriter(64);
        RecordEncoder encoder = new RecordEncoder(out);
        records.forEach(encoder::encode);
        return out.toArray();
    }

    private static List<JournalRecord> decode(byte[] bytes) {
        List<JournalRecord> records = new ArrayList<>();
        decodeInto(bytes, records);
        return records;
    }

    private static void decodeInto(byte[] bytes, List<JournalRecord> records) {
        RecordDecoder decoder = new RecordDecoder(new PackedReader(bytes, 0, bytes.length));
        while (decoder.hasNext()) {
            records.add(decoder.next());
        }
    }
}
