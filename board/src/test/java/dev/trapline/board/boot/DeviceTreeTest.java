package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.Width;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.firmware.TreePart;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.testkit.HostTools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTreeTest {

    @Test
    void saysWhatUBootLooksFor() {
        Map<String, Bytes> tree =
                FdtReader.properties(DeviceTree.describe(Specs.machine(2, 128), Specs.content(Specs.machine(2, 128))));

        assertThat(tree.get("/chosen:stdout-path")).isEqualTo(strings("/pl011@9000000"));
        assertThat(tree.get("/psci:method")).isEqualTo(strings("hvc"));
        assertThat(tree.get("/psci:compatible")).isEqualTo(strings("arm,psci-1.0", "arm,psci-0.2"));
        assertThat(tree.get("/memory@40000000:device_type")).isEqualTo(strings("memory"));
        assertThat(tree.get("/memory@40000000:reg")).isEqualTo(cells(0, 0x4000_0000, 0, (128 << 20) - 4096));
        assertThat(tree.get("/pl011@9000000:reg")).isEqualTo(cells(0, 0x900_0000, 0, 0x1000));
        assertThat(tree.get("/pl011@9000000:compatible")).isEqualTo(strings("arm,pl011", "arm,primecell"));
        assertThat(tree.get("/pl011@9000000:clock-names")).isEqualTo(strings("uartclk", "apb_pclk"));
        assertThat(tree.get("/apb-pclk:clock-frequency")).isEqualTo(cells(24_000_000));
        Bytes clock = tree.getOrDefault("/apb-pclk:phandle", Bytes.EMPTY);
        assertThat(clock.size()).as("a phandle is one cell").isEqualTo(4);
        assertThat(tree.get("/pl011@9000000:clocks"))
                .as("both clocks are the fixed one")
                .isEqualTo(Bytes.copyOf(concat(clock, clock)));
        assertThat(tree.get("/timer:compatible")).isEqualTo(strings("arm,armv8-timer", "arm,armv7-timer"));
    }

    @Test
    void tellsOfSdeiWhereItIsSwitchedOn() {
        assertThat(FdtReader.properties(
                        DeviceTree.describe(Specs.machine(1, 128), Specs.content(Specs.machine(1, 128)))))
                .containsEntry("/firmware/sdei:compatible", strings("arm,sdei-1.0"))
                .containsEntry("/firmware/sdei:method", strings("hvc"));
        var without = Specs.machine(1, 128);
        assertThat(FdtReader.properties(DeviceTree.describe(
                                without.withPolicy(without.firmware().policy().with("sdei", false)),
                                Specs.content(without.withPolicy(
                                        without.firmware().policy().with("sdei", false)))))
                        .keySet())
                .as("the toggle takes it out of the tree")
                .noneMatch(key -> key.contains("sdei"));
    }

    @Test
    void namesEveryCpuByItsAffinityAndStartsItByPsci() {
        Map<String, Bytes> tree = FdtReader.properties(
                DeviceTree.describe(Specs.machine(18, 128), Specs.content(Specs.machine(18, 128), Conduit.SMC)));

        assertThat(tree.keySet().stream().filter(key -> key.startsWith("/cpus/") && key.endsWith(":reg")))
                .as("18 CPUs: Aff0 counts to 15, then Aff1 goes up")
                .hasSize(18)
                .contains("/cpus/cpu@0:reg", "/cpus/cpu@f:reg", "/cpus/cpu@100:reg", "/cpus/cpu@101:reg");
        assertThat(tree.get("/cpus/cpu@101:reg")).isEqualTo(cells(0x101));
        assertThat(tree.get("/cpus/cpu@101:enable-method")).isEqualTo(strings("psci"));
        assertThat(tree.get("/cpus/cpu@101:compatible")).isEqualTo(strings("arm,cortex-a57"));
        assertThat(tree.get("/psci:method")).as("the conduit asked for").isEqualTo(strings("smc"));
    }

    @Test
    void anAarch32MachineNamesTheCpuThatItHas() {
        Map<String, Bytes> tree = FdtReader.properties(DeviceTree.describe(
                Specs.machine(1, 128, true, Width.AARCH32), Specs.content(Specs.machine(1, 128, true, Width.AARCH32))));

        assertThat(tree.get("/cpus/cpu@0:compatible")).isEqualTo(strings("arm,cortex-a15"));
        assertThat(tree.get("/timer:compatible")).isEqualTo(strings("arm,armv7-timer"));
    }

    @Test
    void memoryBeyondFourGigabytesNeedsBothCells() {
        Map<String, Bytes> tree = FdtReader.properties(
                DeviceTree.describe(Specs.machine(1, 5 << 10), Specs.content(Specs.machine(1, 5 << 10))));

        assertThat(tree.get("/memory@40000000:reg")).isEqualTo(cells(0, 0x4000_0000, 1, 0x3fff_f000));
    }

    /// Compares the memory in the tree, as the device tree compiler reads it, with the address that PV_TIME_ST
    /// returns for each vCPU.
    @ParameterizedTest(name = "{0} MiB, {1} vCPUs, base {2}")
    @CsvSource({
        "1, 1, auto",
        "2, 64, auto",
        "96, 4, auto",
        "128, 1, auto",
        "128, 64, auto",
        "4096, 16, auto",
        "65536, 2, auto",
        "128, 64, 0x4000_0000",
        "128, 4, 0x4400_0fc0",
        "128, 64, 0x4400_0040",
        "128, 1, 0x47ff_ffc0",
        "128, 2, 0x47ff_ffc0",
        "128, 2, 0x900_0000"
    })
    void whatFirmwareSharesIsNotInTheMemoryNode(long megabytes, int vcpus, String base, @TempDir Path directory)
            throws IOException, InterruptedException {
        HostTools.assumePresent("dtc", "the device tree is not read by its own compiler");
        MachineSpec plain = Specs.machine(vcpus, megabytes);
        MachineSpec spec = plain.with(plain.firmware().withSetting("pv-time.base", base));
        Path blob = directory.resolve("machine.dtb");
        Files.write(blob, DeviceTree.describe(spec, Specs.content(spec)).toArray());

        HostTools.Result result = HostTools.run(directory, "dtc", "-I", "dtb", "-O", "dts", blob.toString());

        assertThat(result.errors()).as("warnings of dtc").isEmpty();
        List<long[]> memory = memoryOf(result.output());
        long ramEnd = 0x4000_0000L + (megabytes << 20);
        long first = base.equals("auto") ? ramEnd - 4096 : Long.decode(base.replace("_", ""));
        boolean shares = first >= 0x4000_0000L && first + 64L * vcpus <= ramEnd;
        long told = memory.stream().mapToLong(range -> range[1]).sum();
        if (shares) {
            for (long at = first; at < first + 64L * vcpus; at += 64) {
                long structure = at;
                assertThat(memory)
                        .as("the structure at 0x%x is not in the guest's memory", structure)
                        .noneMatch(range -> structure >= range[0] && structure < range[0] + range[1]);
            }
            assertThat((megabytes << 20) - told).as("no more than its pages").isBetween(4096L, 8192L);
        } else {
            assertThat(told).as("nothing is shared").isEqualTo(megabytes << 20);
        }
        assertThat(memory).allMatch(range -> range[0] >= 0x4000_0000L && range[0] + range[1] <= ramEnd);
    }

    /// Base and size of each range in `reg` of the memory node of a device tree source.
    private static List<long[]> memoryOf(String source) {
        Matcher node =
                Pattern.compile("memory@[0-9a-f]+ \\{[^}]*reg = <([^>]*)>").matcher(source);
        assertThat(node.find()).as("there is a memory node in %s", source).isTrue();
        String[] cells = node.group(1).trim().split(" +", -1);
        List<long[]> ranges = new ArrayList<>();
        for (int k = 0; k < cells.length; k += 4) {
            ranges.add(new long[] {
                Long.decode(cells[k]) << 32 | Long.decode(cells[k + 1]),
                Long.decode(cells[k + 2]) << 32 | Long.decode(cells[k + 3])
            });
        }
        return ranges;
    }

    @Test
    void anAarch32GuestGetsAllMemoryInItsTree() {
        Map<String, Bytes> tree = FdtReader.properties(DeviceTree.describe(
                Specs.machine(1, 128, true, Width.AARCH32), Specs.content(Specs.machine(1, 128, true, Width.AARCH32))));
        assertThat(tree.get("/memory@40000000:reg"))
                .as("PV time is for AArch64 callers")
                .isEqualTo(cells(0, 0x4000_0000, 0, 128 << 20));
    }

    @Test
    void nodesOfOneNameBecomeOne() {
        TreePart one = TreePart.of(
                TreeNode.named("firmware").child(TreeNode.named("sdei").flag("a")));
        TreePart other = TreePart.of(
                TreeNode.named("firmware").child(TreeNode.named("optee").flag("b")));
        Map<String, Bytes> tree = FdtReader.properties(DeviceTree.describe(
                Specs.machine(1, 128), new TreeContent(List.of(), List.of(one, other), List.of(), "")));
        assertThat(tree).containsKeys("/firmware/sdei:a", "/firmware/optee:b");
        assertThat(tree).as("a machine without a console").doesNotContainKey("/chosen:stdout-path");
    }

    @Test
    void labelsAreOneNodesEach() {
        TreeNode clock = TreeNode.named("clock").labelled("clk");
        TreeNode refers = TreeNode.named("uart").references("clocks", "clk");
        TreeContent without = new TreeContent(List.of(), List.of(), List.of(refers), "");
        assertThatExceptionOfType(ImageException.class)
                .isThrownBy(() -> DeviceTree.describe(Specs.machine(1, 128), without))
                .withMessageContaining("'uart'")
                .withMessageContaining("'clk'");
        TreeContent twice = new TreeContent(
                List.of(), List.of(), List.of(clock, TreeNode.named("other").labelled("clk")), "");
        assertThatExceptionOfType(ImageException.class)
                .isThrownBy(() -> DeviceTree.describe(Specs.machine(1, 128), twice))
                .withMessageContaining("'clk'");
        Map<String, Bytes> tree = FdtReader.properties(DeviceTree.describe(
                Specs.machine(1, 128), new TreeContent(List.of(), List.of(), List.of(refers, clock), "")));
        assertThat(tree.get("/uart:clocks"))
                .as("a node may be before the one that it refers to")
                .isEqualTo(tree.get("/clock:phandle"));
    }

    @Test
    void theTreeOfTheLargestMachineFitsItsArea() {
        assertThat(DeviceTree.describe(Specs.machine(64, 128), Specs.content(Specs.machine(64, 128)))
                        .size())
                .as("firmware must find room to add to it")
                .isLessThan((int) Loader.DEVICE_TREE_AREA / 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 64})
    void theDeviceTreeCompilerReadsItWithoutWarnings(int vcpus, @TempDir Path directory)
            throws IOException, InterruptedException {
        HostTools.assumePresent("dtc", "the device tree is not checked by its own compiler");
        Path blob = directory.resolve("machine.dtb");
        Files.write(
                blob,
                DeviceTree.describe(Specs.machine(vcpus, 128), Specs.content(Specs.machine(vcpus, 128)))
                        .toArray());

        HostTools.Result result = HostTools.run(directory, "dtc", "-I", "dtb", "-O", "dts", blob.toString());

        assertThat(result.status()).as("dtc said: %s", result.errors()).isZero();
        assertThat(result.errors()).as("warnings of dtc").isEmpty();
        assertThat(result.output()).contains("method = \"hvc\"").contains("stdout-path = \"/pl011@9000000\"");
    }

    private static Bytes cells(int... cells) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * cells.length);
        IntStream.of(cells).forEach(buffer::putInt);
        return Bytes.copyOf(buffer.array());
    }

    private static Bytes strings(String... strings) {
        return Bytes.copyOf((String.join("\0", strings) + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] concat(Bytes one, Bytes other) {
        return ByteBuffer.allocate(one.size() + other.size())
                .put(one.toArray())
                .put(other.toArray())
                .array();
    }
}
