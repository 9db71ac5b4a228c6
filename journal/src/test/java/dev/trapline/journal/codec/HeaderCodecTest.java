package dev.trapline.journal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.MachineSpec;
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

    @Test
    void theHeaderOfAMachineWhoseCallsMayGoWrongSaysSoAndNamesFaults() {
        RecordingHeader plain = SampleRun.header("kinds");
        MachineSpec spec = plain.spec().with(plain.spec().run().withFaults(true));
        RecordingHeader faulty = new RecordingHeader(
                plain.recordingId(),
                plain.createdBy(),
                plain.library(),
                plain.strategies(),
                plain.digestVersion(),
                spec,
                plain.services(),
                plain.images(),
                plain.devices());
        byte[] bytes = HeaderCodec.encode(faulty);
        assertThat(HeaderCodec.decode(bytes)).isEqualTo(faulty);
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).contains("faulted\u0001");
        assertThat(new String(HeaderCodec.encode(plain), StandardCharsets.ISO_8859_1))
                .doesNotContain("faulted\u0001");
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
