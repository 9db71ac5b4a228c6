package dev.trapline.journal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.journal.SampleRun;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class HeaderCodecTest {

    /// A header with some bytes replaced, and a correct checksum.
    private static byte[] changed(String from, String to) {
        byte[] good = HeaderCodec.encode(SampleRun.header("kinds"));
        String text = new String(good, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(from);
        byte[] bytes = text.replaceFirst(from, to).getBytes(StandardCharsets.ISO_8859_1);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - Integer.BYTES);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - Integer.BYTES, (int)
                crc.getValue());
        return bytes;
    }

    @Test
    void aHeaderDecodesToWhatWasEncoded() {
        assertThat(HeaderCodec.decode(HeaderCodec.encode(SampleRun.header("kinds"))))
                .isEqualTo(SampleRun.header("kinds"));
    }

    @Test
    void theHeaderOfAMachineThatIsConnectedWithOthersNamesItsInterfaceAndFrames() {
        byte[] connected = HeaderCodec.encode(SampleRun.connectedHeader("kinds"));
        assertThat(HeaderCodec.decode(connected)).isEqualTo(SampleRun.connectedHeader("kinds"));
        assertThat(new String(connected, StandardCharsets.ISO_8859_1)).contains("frame\u0001");
        assertThat(new String(HeaderCodec.encode(SampleRun.header("kinds")), StandardCharsets.ISO_8859_1))
                .as("a reader that does not know frames reads all other recordings")
                .doesNotContain("frame\u0001");
    }

    private static RecordingHeader with(RecordingHeader plain, RunSpec run) {
        return new RecordingHeader(
                plain.recordingId(),
                plain.createdBy(),
                plain.library(),
                plain.strategies(),
                plain.digestVersion(),
                plain.spec().with(run),
                plain.services(),
                plain.images(),
                plain.devices());
    }

    @Test
    void theHeaderOfAMachineWhoseCallsMayGoWrongSaysSoAndNamesFaults() {
        RecordingHeader plain = SampleRun.header("kinds");
        RecordingHeader faulty = with(plain, plain.spec().run().withFaults(true));
        byte[] bytes = HeaderCodec.encode(faulty);
        assertThat(HeaderCodec.decode(bytes)).isEqualTo(faulty);
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).contains("faulted\u0001");
        assertThat(new String(HeaderCodec.encode(plain), StandardCharsets.ISO_8859_1))
                .doesNotContain("faulted\u0001");
    }

    /// A header that was read and is written again must have the same bytes: the segments behind it belong to them.
    @Test
    void aHeaderHasTheOldestVersionThatCanDescribeItsMachine() {
        RecordingHeader plain = SampleRun.header("versions");
        RunSpec run = plain.spec().run();
        assertThat(version(plain)).as("without faults").isEqualTo(7);
        assertThat(version(with(plain, run.withFaults(true)))).as("with faults").isEqualTo(8);
        assertThat(version(SampleRun.defectiveHeader("versions")))
                .as("with defects of devices")
                .isEqualTo(9);
        assertThat(run.withDefects().withFaults(false))
                .as("no defects without faults")
                .isEqualTo(run);
    }

    private static int version(RecordingHeader header) {
        byte[] bytes = HeaderCodec.encode(header);
        assertThat(HeaderCodec.encode(HeaderCodec.decode(bytes))).isEqualTo(bytes);
        return bytes[4];
    }

    @Test
    void aKindOfRecordThatNobodyKnowsIsNamed() {
        assertThatThrownBy(() -> HeaderCodec.decode(changed("renewed", "outages")))
                .isInstanceOf(CodecException.class)
                .hasMessageContainingAll("outages", "version 1");
    }

    @Test
    void soIsAVersionOfAKindThatNobodyKnows() {
        assertThatThrownBy(() -> HeaderCodec.decode(changed("renewed\u0001", "renewed\u0007")))
                .isInstanceOf(CodecException.class)
                .hasMessageContainingAll("renewed", "version 7");
    }
}
