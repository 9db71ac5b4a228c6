package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.testkit.HostTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The user gets a warning if an image, or their own device tree, uses the pages of PV time.
class SharedPagesWarningTest {

    private static final Image GUEST = elf(ElfBuilder.small());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 64, 128, 1024, 3072, 4096, 16384, 65536})
    void aTreeThatCallsAllOfRamFreeIsWarnedOfWhateverTheSizeIs(int megabytes) throws Exception {
        long size = (long) megabytes << 20;
        Image tree = tree("memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0x%x 0x%x>; };"
                .formatted(size >>> 32, size & 0xffff_ffffL));
        for (int vcpus : new int[] {1, 2, 3, 16, 63, 64}) {
            MachineSpec spec = Specs.machine(vcpus, megabytes);
            long end = 0x4000_0000L + size;
            assertThat(warnings(List.of(GUEST, tree), spec))
                    .singleElement()
                    .asString()
                    .startsWith("mine.dtb: the device tree declares 0x%x to 0x%x as free memory, where PV_TIME_ST"
                            .formatted(end - 4096, end))
                    .contains("firmware.services.pv-time.base", "firmware.toggles.pv-time");
            Image own = new Image(Image.Kind.DEVICE_TREE, "own.dtb", 0, DeviceTree.describe(spec, Specs.content(spec)));
            assertThat(warnings(List.of(GUEST, own), spec))
                    .as("the tree that Trapline makes, %d vCPUs", vcpus)
                    .isEmpty();
            assertThat(warnings(List.of(GUEST), spec)).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                // free part of the last page at 0x47fff000; the rest of the tree
                "less memory               | | memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0"
                        + " 0x7fff000>; };",
                "two ranges, one over it   | 47fff000-48000000 | memory@40000000 { device_type = \"memory\"; reg = <0"
                        + " 0x40000000 0 0x1000>, <0 0x47000000 0 0x1000000>; };",
                "memory above it           | | memory@48000000 { device_type = \"memory\"; reg = <0 0x48000000 0"
                        + " 0x1000000>; };",
                "half of the page          | 47fff000-47fff800 | memory@40000000 { device_type = \"memory\"; reg = <0"
                        + " 0x40000000 0 0x7fff800>; };",
                "one cell each             | 47fff000-48000000 | #address-cells = <1>; #size-cells = <1>;"
                        + " memory@40000000 { device_type = \"memory\"; reg = <0x40000000 0x8000000>; };",
                "without device_type       | 47fff000-48000000 | memory { reg = <0 0x40000000 0 0x8000000>; };",
                "another name              | 47fff000-48000000 | ram@0 { device_type = \"memory\"; reg = <0 0x40000000"
                        + " 0 0x8000000>; };",
                "no memory                 | | ram@0 { device_type = \"rom\"; reg = <0 0x40000000 0 0x8000000>; };",
                "memory that is off        | | memory@40000000 { status = \"disabled\"; device_type = \"memory\"; reg"
                        + " = <0 0x40000000 0 0x8000000>; };",
                "usable memory             | | memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0"
                        + " 0x8000000>; linux,usable-memory = <0 0x40000000 0 0x1000000>; };",
                "to the end of everything  | 47fff000-48000000 | memory@40000000 { device_type = \"memory\"; reg = <0"
                        + " 0x40000000 0xffffffff 0xffffffff>; };",
                "reserved                  | | memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0"
                    + " 0x8000000>; }; reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; a@47fff000 {"
                    + " reg = <0 0x47fff000 0 0x1000>; no-map; }; };",
                "reserved without no-map   | | memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0"
                    + " 0x8000000>; }; reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges; a@47000000 {"
                    + " reg = <0x47000000 0x1000000>; }; };",
                "reserved in parts         | 47fff400-47fff800 | memory@40000000 { device_type = \"memory\"; reg = <0"
                    + " 0x40000000 0 0x8000000>; }; reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;"
                    + " a@47fff000 { reg = <0 0x47fff000 0 0x400>, <0 0x47fff800 0 0x800>; }; };",
                "reserved, but off         | 47fff000-48000000 | memory@40000000 { device_type = \"memory\"; reg = <0"
                    + " 0x40000000 0 0x8000000>; }; reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;"
                    + " a@47fff000 { status = \"disabled\"; reg = <0 0x47fff000 0 0x1000>; }; };",
                "reserved, but reusable    | 47fff000-48000000 | memory@40000000 { device_type = \"memory\"; reg = <0"
                    + " 0x40000000 0 0x8000000>; }; reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;"
                    + " a@47fff000 { reusable; reg = <0 0x47fff000 0 0x1000>; }; };",
            })
    void whatATreeCallsFreeIsReadAsAKernelReadsIt(String name, String free, String nodes) throws Exception {
        List<String> warnings = warnings(List.of(GUEST, tree(nodes)), Specs.machine(2, 128));
        if (free == null) {
            assertThat(warnings).as(name).isEmpty();
        } else {
            assertThat(warnings)
                    .as(name)
                    .singleElement()
                    .asString()
                    .contains("declares 0x" + free.replace("-", " to 0x") + " as free memory");
        }
    }

    @Test
    void theListOfReservationsCountsToo() throws Exception {
        String memory = "memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0 0x8000000>; };";
        assertThat(warnings(List.of(GUEST, tree("/memreserve/ 0x47fff000 0x1000;", memory)), Specs.machine(2, 128)))
                .isEmpty();
        assertThat(warnings(List.of(GUEST, tree("/memreserve/ 0x47ffe000 0x1000;", memory)), Specs.machine(2, 128)))
                .as("the page before it")
                .hasSize(1);
    }

    @Test
    void whoHasNoSuchPagesIsNotTold() throws Exception {
        Image tree = tree("memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0 0x8000000>; };");
        MachineSpec spec = Specs.machine(1, 128);
        MachineSpec moved = spec.with(spec.firmware().withSetting("pv-time.base", "0x4000_0000"));
        assertThat(warnings(List.of(GUEST, tree), moved))
                .singleElement()
                .asString()
                .contains("0x40000000 to 0x40001000 as free memory");
        assertThat(warnings(
                        List.of(GUEST, tree),
                        spec.withPolicy(spec.firmware().policy().with("pv-time", false))))
                .as("PV time is switched off")
                .isEmpty();
        Image arm = elf(ElfBuilder.small().arm());
        assertThat(warnings(List.of(arm, tree), Specs.machine(1, 128, true, Width.AARCH32)))
                .as("PV time is for AArch64 callers")
                .isEmpty();
    }

    @Test
    void anImageThatLiesOverThePagesIsWarnedOfWithBothNames() {
        MachineSpec spec = Specs.machine(1, 128);
        Image segment =
                elf(new ElfBuilder().segment(0x4008_0000L, new byte[4], 4).segment(0x47ff_0000L, new byte[4], 0xf001));
        assertThat(warnings(List.of(segment), spec))
                .as("one byte of zero-filled memory is enough")
                .singleElement()
                .asString()
                .startsWith("guest.elf: segment 1 (0x47ff0000 to 0x47fff001) overlaps 0x47fff000 to 0x47fff001, where"
                        + " PV_TIME_ST keeps the stolen time");
        Image raw = new Image(Image.Kind.RAW, "all.bin", 0x4000_0000L, Bytes.copyOf(new byte[0x80_0000]));
        assertThat(warnings(List.of(raw), Specs.machine(1, 8, false)))
                .as("a raw image that fills RAM")
                .singleElement()
                .asString()
                .startsWith("all.bin: raw image (0x40000000 to 0x40800000) overlaps 0x407ff000 to 0x40800000");
        assertThat(warnings(List.of(elf(ElfBuilder.small())), spec)).isEmpty();
    }

    private static Image elf(ElfBuilder builder) {
        return new Image(Image.Kind.ELF, "guest.elf", 0, builder.build());
    }

    private Image tree(String nodes) throws IOException, InterruptedException {
        return tree("", nodes);
    }

    private Image tree(String reservations, String nodes) throws IOException, InterruptedException {
        HostTools.assumePresent("dtc", "the device trees of users are not made");
        Path source = directory.resolve("mine.dts");
        Files.writeString(
                source,
                "/dts-v1/; " + reservations + " / { "
                        + (nodes.startsWith("#") ? "" : "#address-cells = <2>; #size-cells = <2>; ") + nodes + " };");
        Path blob = directory.resolve("mine.dtb");
        HostTools.Result made = HostTools.run(
                directory, "dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob.toString(), source.toString());
        assertThat(made.status()).as(made.errors()).isZero();
        return new Image(Image.Kind.DEVICE_TREE, "mine.dtb", 0, Bytes.copyOf(Files.readAllBytes(blob)));
    }

    private static List<String> warnings(List<Image> images, MachineSpec spec) {
        return BootPlan.of(images, spec, Specs.content(spec)).warnings();
    }
}
