package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.board.device.Pl031;
import dev.trapline.board.virtio.VirtioMmio;
import dev.trapline.board.virtio.VirtioSlots;
import dev.trapline.testkit.HostTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The nodes of a clock and of VirtIO devices in the device tree of the board `virt`.
class VirtioTreeTest {

    private static Bytes tree() {
        MachineSpec plain = Specs.machine(1, 128);
        MachineSpec spec = plain.with(plain.board().withKind(BoardKind.VIRT));
        TreeContent content = Specs.withController(spec);
        List<TreeNode> nodes = new ArrayList<>(content.ofDevices());
        new Pl031(0, Pl031.SPI).node(Pl031.BASE).ifPresent(nodes::add);
        for (int slot = 0; slot < VirtioSlots.COUNT; slot++) {
            VirtioMmio.empty(VirtioSlots.spi(slot)).node(VirtioSlots.base(slot)).ifPresent(nodes::add);
        }
        return DeviceTree.describe(
                spec, new TreeContent(content.shared(), content.ofServices(), nodes, content.console()));
    }

    @Test
    void theClockRefersToTheClockOfTheBoard() {
        var tree = FdtReader.properties(tree());
        assertThat(tree.get("/pl031@9010000:clocks")).isNotNull().isEqualTo(tree.get("/apb-pclk:phandle"));
    }

    @Test
    void theDeviceTreeCompilerReadsItWithoutWarnings(@TempDir Path directory) throws IOException, InterruptedException {
        HostTools.assumePresent("dtc", "the device tree is not checked by its own compiler");
        Path blob = directory.resolve("machine.dtb");
        Files.write(blob, tree().toArray());
        HostTools.Result result = HostTools.run(directory, "dtc", "-I", "dtb", "-O", "dts", blob.toString());
        assertThat(result.status()).as("dtc said: %s", result.errors()).isZero();
        assertThat(result.errors()).as("warnings of dtc").isEmpty();
    }
}
