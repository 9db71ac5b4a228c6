package dev.trapline.journal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.SampleRun;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentTest {

    private static final int FLIPS = Boolean.getBoolean("trapline.full") ? 200_000 : 10_000;

    private final List<Segment> segments = ForgedRecording.segments("x", SampleRun.records(2_000), 4096);

    @Test
    void segmentsAreNumberedAndChained() {
        for (int i = 1; i < segments.size(); i++) {
            Segment before = segments.get(i - 1);
            Segment segment = segments.get(i);
            assertThat(segment.ordinal()).isEqualTo(i);
            assertThat(segment.firstSlice()).isEqualTo(before.firstSlice() + before.slices());
            assertThat(segment.predecessor()).isEqualTo(before.digest());
            assertThat(before.isLast()).as("only the last one says so").isFalse();
        }
        assertThat(segments.getLast().isLast()).isTrue();
    }

    @Test
    void noCutComesBetweenAHypercallAndItsAnswer() {
        for (Segment segment : segments) {
            JournalRecord first = new RecordDecoder(
                            new PackedReader(segment.bytes(), Segment.HEADER_BYTES, segment.bytes().length))
                    .next();
            assertThat(SegmentBuilder.beginsAStep(first))
                    .as("a segment begins with a slice or an input, not with %s", first)
                    .isTrue();
        }
    }

    @Test
    void everySingleFlippedBitIsNoticed() {
        byte[] good = segments.get(1).bytes();
        Random random = new Random(1);
        for (int i = 0; i < FLIPS; i++) {
            byte[] bad = good.clone();
            int bit = random.nextInt(bad.length * 8);
            bad[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertThatThrownBy(() -> Segment.parse(bad)).as("bit %d", bit).isInstanceOf(CodecException.class);
        }
    }

    @Test
    void everyCutIsNoticed() {
        byte[] good = segments.get(1).bytes();
        for (int length = 0; length < good.length; length++) {
            byte[] bad = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> Segment.parse(bad)).as("length %d", length).isInstanceOf(CodecException.class);
        }
    }

    @Test
    void noSegmentEndsBetweenASliceAndWhatIsAboutIt() {
        SegmentBuilder builder = new SegmentBuilder(1, 1);
        JournalRecord slice = SampleRun.records(1).getFirst();
        for (JournalRecord about :
                List.of(new JournalRecord.Faulted(new CallFault.Repeated()), new JournalRecord.Renewed(0))) {
            assertThat(builder.mayEndBefore(about)).isTrue();
            builder.add(about);
            assertThat(builder.mayEndBefore(slice)).isFalse();
            assertThat(builder.isFullFor(slice)).isFalse();
            builder.add(slice);
            assertThat(builder.mayEndBefore(slice)).isTrue();
        }
    }

    @Test
    void anotherFormatVersionIsNamed() {
        byte[] other = segments.getFirst().bytes().clone();
        other[4] = 10;
        assertThatThrownBy(() -> Segment.parse(other))
                .hasMessageContaining("version 10")
                .hasMessageContaining("the versions 7 to 9");
    }

    @Test
    void aHeaderDecodesToWhatWasEncoded() {
        assertThat(HeaderCodec.decode(HeaderCodec.encode(SampleRun.header("x"))))
                .isEqualTo(SampleRun.header("x"));
    }

    @Test
    void everyFlippedBitOfAHeaderIsNoticed() {
        byte[] good = HeaderCodec.encode(SampleRun.header("x"));
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertThatThrownBy(() -> HeaderCodec.decode(bad)).as("bit %d", bit).isInstanceOf(CodecException.class);
        }
    }

    @Test
    void everyCutOfAHeaderIsNoticed() {
        byte[] good = HeaderCodec.encode(SampleRun.header("x"));
        for (int length = 0; length < good.length; length++) {
            byte[] bad = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> HeaderCodec.decode(bad)).isInstanceOf(CodecException.class);
        }
        assertThatCode(() -> HeaderCodec.decode(good)).doesNotThrowAnyException();
    }
}
