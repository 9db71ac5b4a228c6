package dev.trapline.testkit;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Debian's Linux for arm64 and armhf with a static BusyBox, unchanged. The scripts `guests/linux/fetch` and
/// `fetch-armhf` fetch them. Tests are skipped without them.
public final class LinuxGuest {

    private static final Path FETCHED = Path.of("..", "guests", "target", "linux");

    private static final Path FETCHED_ARMHF = Path.of("..", "guests", "target", "linux-armhf");

    private static final Path HEADERS = Path.of("..", "guests", "target", "linux-headers");

    private static final String WITHOUT_MODULE = "that a driver of Linux gets SDEI events is not tested";

    private static final String START = """
        #!/bin/busybox sh
        export PATH=/bin
        /bin/busybox --install -s /bin
        mount -t proc proc /proc
        mount -t sysfs sys /sys
        mount -t devtmpfs dev /dev
        for module in arm_smccc_trng virtio virtio_ring virtio_mmio virtio_blk virtio_console \
                failover net_failover virtio_net evdev gpio_keys; do
            [ ! -e /lib/$module.ko ] || insmod /lib/$module.ko
        done
        [ ! -e /dev/hvc0 ] || exec </dev/hvc0 >/dev/hvc0 2>&1
        echo GUEST-STARTED
        """;

    private static final String END = """
        echo GUEST-ENDED
        poweroff -f
        """;

    private LinuxGuest() {}

    /// The kernel, and an initial RAM disk that runs a shell script and turns the machine off.
    ///
    /// @param script commands for BusyBox's shell, after /proc, /sys and /dev are mounted and the modules loaded
    public static List<Image> images(String script) throws IOException {
        return images("vmlinuz", drivers("modules"), script, END);
    }

    /// The same with another module in place of the drivers.
    ///
    /// @param module its file, which is in `/lib` of the guest; the script loads it
    public static List<Image> withModule(Path module, String script) throws IOException {
        return images("vmlinuz", List.of(module), script, END);
    }

    /// The same with Debian's kernel for all machines, which has more drivers than the one for clouds, and with
    /// modules for keys.
    public static List<Image> ofFullKernel(String script) throws IOException {
        return images("vmlinuz-full", drivers("modules-full"), script, END);
    }

    /// The same, but the script has to end the run itself.
    public static List<Image> imagesWithoutEnd(String script) throws IOException {
        return images("vmlinuz", drivers("modules"), script, "");
    }

    /// A kernel for armhf, and an initial RAM disk as above.
    ///
    /// @param kernel `zImage`, or `zImage-lpae`
    public static List<Image> armhf(String kernel, String script) throws IOException {
        require(FETCHED_ARMHF, "guests/linux/fetch-armhf");
        return images(FETCHED_ARMHF, kernel, kernel, disk(FETCHED_ARMHF, START + script + END));
    }

    private static List<Path> drivers(String directory) throws IOException {
        require(FETCHED, "guests/linux/fetch");
        try (Stream<Path> modules = Files.list(FETCHED.resolve(directory))) {
            return modules.sorted().toList();
        }
    }

    private static List<Image> images(String file, List<Path> modules, String script, String end) throws IOException {
        require(FETCHED, "guests/linux/fetch");
        Initramfs disk = disk(FETCHED, START + script + end);
        for (Path module : modules) {
            disk.file("lib/" + module.getFileName(), Files.readAllBytes(module));
        }
        return images(FETCHED, file, "vmlinuz", disk);
    }

    /// Builds a module for the kernel of [#images]. The test is skipped if something is missing for that.
    ///
    /// @param sources the directory of its sources and its Kbuild; it gets the module
    public static void buildModule(Path sources) throws IOException, InterruptedException {
        HostTools.assumePresent("make", WITHOUT_MODULE);
        HostTools.assumePresent("aarch64-linux-gnu-gcc", WITHOUT_MODULE);
        HostTools.skipUnless(
                Files.exists(HEADERS.resolve("complete")),
                "no headers of Linux in guests/target/linux-headers: run guests/linux/fetch-headers; "
                        + WITHOUT_MODULE);
        String kernel = Files.readString(HEADERS.resolve("complete")).strip();
        HostTools.execute(
                sources,
                "make",
                "-C",
                HEADERS.resolve("usr/src")
                        .resolve(kernel)
                        .toAbsolutePath()
                        .normalize()
                        .toString(),
                "M=" + sources.toAbsolutePath(),
                "ARCH=arm64",
                "CROSS_COMPILE=aarch64-linux-gnu-",
                "modules");
    }

    private static void require(Path fetched, String by) {
        HostTools.skipUnless(
                Files.exists(fetched.resolve("complete")),
                "no Linux in guests/target/" + fetched.getFileName() + ": run " + by
                        + "; that an operating system boots, records and replays is not tested");
    }

    /// @param name of the kernel's image
    private static List<Image> images(Path fetched, String file, String name, Initramfs disk) throws IOException {
        return List.of(
                new Image(Image.Kind.KERNEL, name, 0, Bytes.copyOf(Files.readAllBytes(fetched.resolve(file)))),
                new Image(Image.Kind.INITRD, "initrd", 0, disk.build()));
    }

    private static Initramfs disk(Path fetched, String init) throws IOException {
        return new Initramfs()
                .directory("bin")
                .directory("dev")
                .directory("lib")
                .directory("proc")
                .directory("sys")
                .directory("tmp")
                .device("dev/console", 5, 1)
                .file("bin/busybox", Files.readAllBytes(fetched.resolve("busybox")))
                .file("init", init.getBytes(StandardCharsets.US_ASCII));
    }
}
