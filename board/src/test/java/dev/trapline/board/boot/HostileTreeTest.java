package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Device trees that are well formed, and made to take all time or all memory.
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class HostileTreeTest {

    private static final int LARGEST = 2 << 20;
    private static final long RAM = 0x4000_0000L;
    private static final MachineSpec SPEC = Specs.machine(1, 128);
    /// Where the stolen time is, by default: the last page of RAM.
    private static final long SHARED = RAM + (128 << 20) - 4096;

    /// A tree with a root.
    ///
    /// @param reserved addresses of reservations of one byte
    /// @param body writes what is in the root
    private static Image tree(List<Long> reserved, byte[] strings, Consumer<ByteBuffer> body) {
        ByteBuffer file = ByteBuffer.allocate(LARGEST);
        file.position(0x28);
        reserved.forEach(at -> file.putLong(at).putLong(1));
        file.putLong(0).putLong(0);
        int structure = file.position();
        file.putInt(FdtToken.BEGIN_NODE).putInt(0);
        body.accept(file);
        file.putInt(FdtToken.END_NODE).putInt(FdtToken.END);
        int stringsAt = file.position();
        file.put(strings);
        int total = file.position();
        int[] header = {
            FdtToken.MAGIC, total, structure, stringsAt, 0x28, 17, 16, 0, strings.length, stringsAt - structure
        };
        file.rewind();
        for (int word : header) {
            file.putInt(word);
        }
        return new Image(Image.Kind.DEVICE_TREE, "hostile.dtb", 0, Bytes.copyOf(file.array(), 0, total));
    }

    private static BootPlan plan(Image tree) {
        Image guest =
                new Image(Image.Kind.ELF, "guest.elf", 0, ElfBuilder.small().build());
        return BootPlan.of(List.of(guest, tree), SPEC, Specs.content(SPEC));
    }

    private static void property(ByteBuffer into, int name, byte[] value) {
        into.putInt(FdtToken.PROPERTY).putInt(value.length).putInt(name).put(value);
        into.position((into.position() + 3) & -4);
    }

    @Test
    void namesOfPropertiesThatOverlapAndHaveNoEndAreRefused() {
        byte[] strings = new byte[1 << 20];
        Arrays.fill(strings, 0, strings.length - 1, (byte) 'a');
        Image tree = tree(List.of(), strings, into -> {
            for (int name = 0; name < 80_000; name++) {
                property(into, name, new byte[0]);
            }
        });
        assertThatThrownBy(() -> plan(tree))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("hostile.dtb: the property at 0x44 ")
                .hasMessageContaining("no name of at most 255 bytes");
    }

    @Test
    void aNameThatGoesOnBehindTheStringsIsRefused() {
        Image tree = tree(List.of(), new byte[] {'a'}, into -> property(into, 0, new byte[0]));
        assertThatThrownBy(() -> plan(tree))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("no name of at most 255 bytes");
    }

    @Test
    void aNameOf255BytesIsAccepted() {
        byte[] strings = new byte[256];
        Arrays.fill(strings, 0, 255, (byte) 'a');
        assertThat(plan(tree(List.of(), strings, into -> property(into, 0, new byte[0])))
                        .warnings())
                .isEmpty();
    }

    @Test
    void memoryThatIsNamedAThousandTimesInAThousandPiecesIsReadOnce() {
        List<Long> reserved = new ArrayList<>();
        for (int k = 0; k < 40_000; k++) {
            reserved.add(SHARED + 1 + 2L * (k % 2000));
        }
        byte[] strings = "device_type\0reg\0".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer registers = ByteBuffer.allocate(80_000 * 12);
        while (registers.hasRemaining()) {
            registers.putLong(RAM).putInt(128 << 20);
        }
        Image tree = tree(reserved, strings, into -> {
            into.putInt(FdtToken.BEGIN_NODE).put("memory\0\0".getBytes(StandardCharsets.US_ASCII));
            property(into, 0, "memory\0".getBytes(StandardCharsets.US_ASCII));
            property(into, 12, registers.array());
            into.putInt(FdtToken.END_NODE);
        });
        assertThat(plan(tree).warnings())
                .as("one warning for all parts")
                .singleElement()
                .asString()
                .contains("hostile.dtb: the device tree declares 0x%x to 0x%x and 2000 more parts of "
                        .formatted(SHARED, SHARED + 1));
    }
}
