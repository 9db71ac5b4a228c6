package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.board.Board;
import dev.trapline.testkit.HostTools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The device tree of the board `virt`: bindings `arm,gic`, `arm,armv8-timer` and `arm,pl011` of the Linux kernel.
class VirtTreeTest {

    private static MachineSpec virt(int vcpus) {
        MachineSpec spec = Specs.machine(vcpus, 128);
        return spec.with(spec.board().withKind(BoardKind.VIRT));
    }

    private static MachineSpec withGicv3(int vcpus) {
        MachineSpec spec = Specs.machine(1, 128);
        return spec.with(spec.board().withKind(BoardKind.VIRT).withGic(GicVersion.V3))
                .with(spec.cpus().withCount(vcpus));
    }

    private static Map<String, Bytes> tree(int vcpus) {
        return tree(virt(vcpus));
    }

    private static Map<String, Bytes> tree(MachineSpec spec) {
        return FdtReader.properties(DeviceTree.describe(spec, Specs.withController(spec)));
    }

    @Test
    void allInterruptsGoToTheController() {
        Map<String, Bytes> tree = tree(1);
        assertThat(tree.get(":interrupt-parent")).isNotNull().isEqualTo(tree.get("/intc@8000000:phandle"));
        assertThat(tree.get("/pl011@9000000:interrupts"))
                .as("shared interrupt 1, level high")
                .isEqualTo(cells(0, 1, 4));
    }

    @Test
    void theNetworkInterfaceIsAVirtioDeviceInTheSlotBeforeTheLast() {
        MachineSpec spec = virt(1);
        NetworkSpec network = new NetworkSpec(NetworkKind.LOOP, MacAddress.ofSeed(1));
        assertThat(tree(spec.with(spec.board().withNetwork(network))).get("/virtio_mmio@a003c00:interrupts"))
                .as("shared interrupt 46, level high")
                .isEqualTo(cells(0, 46, 4));
        assertThat(tree(spec)).as("there is none").doesNotContainKey("/virtio_mmio@a003c00:interrupts");
    }

    /// The binding `gpio-keys`: pin 3, active high, and KEY_POWER.
    @Test
    void thePowerButtonIsAKeyAtAPinOfThePl061() {
        MachineSpec spec = virt(1);
        Board board = Board.of(spec.board(), spec.cpus());
        Map<String, Bytes> tree = FdtReader.properties(
                DeviceTree.describe(spec, new TreeContent(List.of(), List.of(), board.nodes(), "")));
        assertThat(tree.get("/pl061@9030000:interrupts")).isEqualTo(cells(0, 7, 4));
        assertThat(tree.get("/pl061@9030000:#gpio-cells")).isEqualTo(cells(2));
        Bytes pins = Objects.requireNonNull(tree.get("/pl061@9030000:phandle"));
        int phandle = ByteBuffer.wrap(pins.toArray()).getInt();
        assertThat(tree.get("/gpio-keys/poweroff:gpios")).isEqualTo(cells(phandle, 3, 0));
        assertThat(tree.get("/gpio-keys/poweroff:linux,code")).isEqualTo(cells(116));
    }

    /// Bits 15 to 8 of the flags are a mask of the CPUs that have the interrupt (`arm,gic`).
    @ParameterizedTest
    @CsvSource({"1, 0x104", "4, 0xf04", "8, 0xff04"})
    void theTimersInterruptEachCpu(int vcpus, int flags) {
        assertThat(tree(vcpus).get("/timer:interrupts"))
                .as("private interrupts 13, 14, 11 and 10")
                .isEqualTo(cells(1, 13, flags, 1, 14, flags, 1, 11, flags, 1, 10, flags));
    }

    /// The binding `arm,gic-v3`: the Distributor, the region of the Redistributors, and no mask of CPUs in the
    /// flags.
    @ParameterizedTest
    @CsvSource({"1, 0x20000", "16, 0x200000", "64, 0x800000"})
    void aGicv3HasItsRedistributorsAndNoMaskOfCpus(int vcpus, int redistributors) {
        Map<String, Bytes> tree = tree(withGicv3(vcpus));
        assertThat(tree.get("/intc@8000000:compatible"))
                .isEqualTo(Bytes.copyOf("arm,gic-v3\0".getBytes(StandardCharsets.US_ASCII)));
        assertThat(tree.get("/intc@8000000:reg"))
                .isEqualTo(cells(0, 0x800_0000, 0, 0x10000, 0, 0x80a_0000, 0, redistributors));
        assertThat(tree.get("/intc@8000000:#interrupt-cells")).isEqualTo(cells(3));
        assertThat(tree.get("/intc@8000000:#redistributor-regions")).isEqualTo(cells(1));
        assertThat(tree.get("/timer:interrupts")).isEqualTo(cells(1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4));
    }

    @Test
    void theBareBoardHasNoInterruptsAndNoSeeds() {
        MachineSpec bare = Specs.machine(1, 128);
        assertThat(FdtReader.properties(DeviceTree.describe(bare, Specs.content(bare)))
                        .keySet())
                .noneMatch(key -> key.contains("interrupt") || key.contains("seed"));
    }

    @Test
    void aTreeWithoutDevicesRefersToNoController() {
        assertThat(FdtReader.properties(DeviceTree.describe(virt(1), TreeContent.NONE))
                        .keySet())
                .noneMatch(key -> key.contains("interrupt"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 16})
    void theDeviceTreeCompilerReadsItWithoutWarnings(int vcpus, @TempDir Path directory)
            throws IOException, InterruptedException {
        MachineSpec spec = vcpus > 8 ? withGicv3(vcpus) : virt(vcpus);
        HostTools.assumePresent("dtc", "the device tree is not checked by its own compiler");
        Path blob = directory.resolve("machine.dtb");
        Files.write(blob, DeviceTree.describe(spec, Specs.withController(spec)).toArray());
        HostTools.Result result = HostTools.run(directory, "dtc", "-I", "dtb", "-O", "dts", blob.toString());
        assertThat(result.status()).as("dtc said: %s", result.errors()).isZero();
        assertThat(result.errors()).as("warnings of dtc").isEmpty();
    }

    private static Bytes cells(int... cells) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * cells.length);
        IntStream.of(cells).forEach(buffer::putInt);
        return Bytes.copyOf(buffer.array());
    }
}
