package dev.trapline.board.boot;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.board.boot.BootPlan.MemoryWrite;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Computes a [BootPlan]. It checks that every image fits the machine and that no two images overlap.
final class Loader {

    /// The size of the area for the device tree at the start of RAM, in bytes. The tree of 64 vCPUs needs a tenth
    /// of it; guest firmware adds to the tree in place.
    static final long DEVICE_TREE_AREA = 0x1_0000;

    private static final long DEVICE_TREE_ALIGNMENT = 2L << 20;

    /// Where a kernel's 2 MiB-aligned base is, from the start of RAM. Kernels use the memory below it too, but
    /// those before 4.6 do not.
    private static final long KERNEL_BASE = 2L << 20;

    /// Where a `zImage` is, from the start of RAM: above the kernel that it decompresses.
    private static final long ZIMAGE_BASE = 32L << 20;

    private final List<Image> images;
    private final MachineSpec spec;
    private final AddressRange ram;
    private final AddressRange flash;
    private final List<Part> parts = new ArrayList<>();
    private final TreeContent content;
    private final List<Shared> shared;
    private final List<String> warnings = new ArrayList<>();

    Loader(List<Image> images, MachineSpec spec, TreeContent content) {
        this.images = List.copyOf(images);
        this.spec = spec;
        this.ram = AddressRange.of(BoardSpec.RAM_BASE, spec.board().ramBytes());
        this.flash = AddressRange.of(BoardSpec.FLASH_BASE, spec.board().readOnlyFlash());
        this.content = content;
        this.shared = content.shared();
    }

    /// Memory that an image uses.
    ///
    /// @param what its name, for messages
    /// @param range its addresses
    /// @param content its first bytes; the rest is not written
    private record Part(Image image, String what, AddressRange range, Bytes content) {}

    BootPlan plan() {
        Image main = theOnly("images to start", "give one", Image.Kind.ELF, Image.Kind.RAW, Image.Kind.KERNEL);
        Image disk = theOnly("initial RAM disks", "join them into one file", Image.Kind.INITRD);
        Image inFlash = theOnly("flash images", "join them into one file", Image.Kind.FLASH);
        if (inFlash != null) {
            addFlash(inFlash);
        }
        long entry = main != null ? addMain(main) : BoardSpec.FLASH_BASE;
        requireHandedOver();
        if (parts.isEmpty() && disk == null) {
            throw new ImageException(
                    "machine", "nothing to boot; give a static executable, a raw image, a kernel, or a flash image");
        }
        @Nullable AddressRange initrd = disk == null ? null : addInitrd(disk, main);
        checkDisjoint();
        parts.forEach(this::liesOverShared);
        long deviceTree = spec.board().deviceTree()
                ? addDeviceTree(main != null ? main : parts.getFirst().image(), initrd)
                : 0;
        parts.sort(Comparator.comparing(part -> part.range().start(), Long::compareUnsigned));
        boolean needsFlash = parts.stream().anyMatch(part -> flash.contains(part.range()));
        List<MemoryWrite> writes = parts.stream()
                .filter(part -> part.content().size() != 0)
                .map(part -> new MemoryWrite(part.range().start(), part.content()))
                .toList();
        return new BootPlan(writes, entry, deviceTree, needsFlash, warnings);
    }

    private void requireHandedOver() {
        if (spec.board().deviceTree()) {
            return;
        }
        for (Image image : images) {
            String what = switch (image.kind()) {
                case ELF, RAW, FLASH, DISK, FLASH_VARIABLES -> "";
                case DEVICE_TREE -> "a device tree, but this machine gives its guest none";
                case KERNEL -> "a Linux kernel, which needs a device tree, but this machine gives its guest none";
                case INITRD ->
                    "an initial RAM disk, which a kernel finds by the device tree, but this machine has none";
            };
            if (!what.isEmpty()) {
                throw new ImageException(image.name(), what + "; switch the device tree on");
            }
        }
        if (!spec.board().bootArguments().isEmpty()) {
            throw new ImageException(
                    "machine",
                    "boot arguments are in the device tree, but this machine gives its guest none; switch the device"
                            + " tree on, or leave them out");
        }
    }

    private @Nullable Image theOnly(String what, String remedy, Image.Kind... kinds) {
        List<Image> found = images.stream()
                .filter(image -> List.of(kinds).contains(image.kind()))
                .toList();
        if (found.size() > 1) {
            throw new ImageException(
                    found.get(1).name(),
                    "one of %d %s, of which %s is the first; a machine takes only one: %s"
                            .formatted(found.size(), what, found.getFirst().name(), remedy));
        }
        return found.isEmpty() ? null : found.getFirst();
    }

    private void addFlash(Image image) {
        int size = image.content().size();
        if (size == 0) {
            throw new ImageException(image.name(), "an empty flash image; give the file that contains the firmware");
        }
        long most = spec.board().readOnlyFlash();
        if (size > most) {
            throw new ImageException(
                    image.name(),
                    "a flash image of 0x%x bytes; the flash (%s) holds 0x%x: shorten it".formatted(size, flash, most));
        }
        parts.add(new Part(image, "flash image", AddressRange.of(flash.start(), size), image.content()));
    }

    /// @return the address of its first instruction
    private long addMain(Image image) {
        if (image.kind() == Image.Kind.KERNEL) {
            return addKernel(image);
        }
        if (image.kind() == Image.Kind.ELF) {
            ElfImage elf = ElfImage.parse(image.name(), image.content());
            requireWidth(image, elf.width());
            for (ElfImage.Segment segment : elf.segments()) {
                addSegment(image, segment);
            }
            return elf.entry();
        }
        long thumb = spec.cpus().width() == Width.AARCH32 ? image.address() & 1 : 0;
        addRaw(image, image.address() - thumb);
        return image.address();
    }

    private long addKernel(Image image) {
        AddressRange range = switch (spec.cpus().width()) {
            case AARCH64 -> kernel64(image);
            case AARCH32 ->
                AddressRange.of(ram.start() + ZIMAGE_BASE, ZImage.of(image).size());
        };
        requireInMemory(image, "kernel", range, "build a smaller kernel");
        if (spec.board().kind() == BoardKind.BARE) {
            warnings.add(("%s: a kernel on the board '%s', which has no interrupts: Linux stops there at its first"
                            + " exception; give it the board '%s'")
                    .formatted(image.name(), BoardKind.BARE.id(), BoardKind.VIRT.id()));
        }
        parts.add(new Part(image, "kernel", range, image.content()));
        return range.start();
    }

    /// Documentation/arch/arm64/booting.rst of the Linux kernel, part 4.
    private AddressRange kernel64(Image image) {
        KernelImage kernel = KernelImage.of(image);
        long start = ram.start() + KERNEL_BASE + kernel.textOffset();
        long size = Math.max(kernel.imageSize(), image.content().size());
        if (kernel.textOffset() < 0 || kernel.imageSize() < 0 || !AddressRange.fits(start, size)) {
            throw new ImageException(
                    image.name(),
                    "its header gives a text_offset of 0x%x and an image_size of 0x%x: the file is damaged"
                            .formatted(kernel.textOffset(), kernel.imageSize()));
        }
        return AddressRange.of(start, size);
    }

    /// Puts the initial RAM disk on the first page behind the kernel.
    private AddressRange addInitrd(Image disk, @Nullable Image main) {
        if (main == null || main.kind() != Image.Kind.KERNEL) {
            throw new ImageException(
                    disk.name(), "an initial RAM disk without a kernel; give the kernel with --kernel");
        }
        if (disk.content().size() == 0) {
            throw new ImageException(disk.name(), "an empty initial RAM disk; leave it out");
        }
        AddressRange range = behindImages(MemoryMap.PAGE, disk.content().size());
        requireInMemory(disk, "initial RAM disk", range, "make it smaller");
        parts.add(new Part(disk, "initial RAM disk", range, disk.content()));
        return range;
    }

    private void requireWidth(Image image, Width width) {
        if (width != spec.cpus().width()) {
            String what = width == Width.AARCH32 ? "a 32-bit ELF file for Arm" : "a 64-bit ELF file for AArch64";
            throw new ImageException(
                    image.name(),
                    ("%s, but this machine is %s; run it on a machine of its width (--width %s), or build it for"
                                    + " this one")
                            .formatted(what, spec.cpus().width().id(), width.id()));
        }
    }

    private void addSegment(Image image, ElfImage.Segment segment) {
        AddressRange range = segment.range();
        String what = "segment " + segment.index();
        requireInMemory(image, what, range, "link the image elsewhere");
        boolean zeroFilled = segment.memorySize() != segment.content().size();
        if (flash.contains(range) && zeroFilled) {
            throw new ImageException(
                    image.name(),
                    "%s (%s) has zero-filled memory in flash (%s), which cannot be written; link its data into RAM (%s)"
                            .formatted(what, range, flash, ram));
        }
        parts.add(new Part(image, what, range, segment.content()));
    }

    private void addRaw(Image image, long address) {
        int size = image.content().size();
        if (size == 0) {
            throw new ImageException(image.name(), "an empty raw image; give the file that contains the program");
        }
        if (address % 4 != 0 || !AddressRange.fits(address, size)) {
            throw new ImageException(
                    image.name(),
                    "a raw image cannot start at 0x%x; give a multiple of 4 in RAM (%s)"
                            .formatted(image.address(), ram));
        }
        AddressRange range = AddressRange.of(address, size);
        requireInMemory(image, "raw image", range, "load it elsewhere");
        parts.add(new Part(image, "raw image", range, image.content()));
    }

    private void requireInMemory(Image image, String what, AddressRange range, String remedy) {
        if (ram.contains(range) || flash.contains(range)) {
            return;
        }
        boolean moreRamHelps = Long.compareUnsigned(range.start(), ram.start()) >= 0;
        throw new ImageException(
                image.name(),
                "%s (%s) is outside RAM (%s); %s%s"
                        .formatted(what, range, ram, moreRamHelps ? "give more RAM with --memory, or " : "", remedy));
    }

    private void checkDisjoint() {
        parts.sort(Comparator.comparing(part -> part.range().start(), Long::compareUnsigned));
        for (int i = 1; i < parts.size(); i++) {
            Part below = parts.get(i - 1);
            Part above = parts.get(i);
            if (below.range().overlaps(above.range())) {
                throw new ImageException(
                        above.image().name(),
                        "%s (%s) overlaps the %s (%s) of %s; move one of them"
                                .formatted(
                                        above.what(),
                                        above.range(),
                                        below.what(),
                                        below.range(),
                                        below.image().name()));
            }
        }
    }

    /// @return its address
    private long addDeviceTree(Image named, @Nullable AddressRange initrd) {
        Image given = theOnly("device trees", "join them into one", Image.Kind.DEVICE_TREE);
        Bytes tree = given == null ? DeviceTree.describe(spec, content, initrd) : completed(given, initrd);
        // Guest firmware adds to a tree in place, so a larger tree gets twice its size.
        long size = tree.size() <= DEVICE_TREE_AREA / 2
                ? DEVICE_TREE_AREA
                : (2L * tree.size() + MemoryMap.PAGE - 1) & -MemoryMap.PAGE;
        AddressRange start = AddressRange.of(ram.start(), size);
        boolean isFree = named.kind() != Image.Kind.KERNEL
                && parts.stream().noneMatch(part -> part.range().overlaps(start));
        AddressRange area = isFree && !isShared(start) ? start : behindImages(DEVICE_TREE_ALIGNMENT, size);
        if (!ram.contains(area) || isShared(area)) {
            throw noRoom(named, area);
        }
        parts.add(new Part(
                given == null ? named : given, "device tree", AddressRange.of(area.start(), tree.size()), tree));
        return area.start();
    }

    private ImageException noRoom(Image named, AddressRange area) {
        return new ImageException(
                named.name(),
                named.kind() == Image.Kind.KERNEL
                        ? ("no room for the device tree: %s behind the kernel is needed, and RAM is %s; give more RAM"
                                        + " with --memory")
                                .formatted(area, ram)
                        : ("no room for the device tree: the image uses the start of RAM (%s), and after it %s is"
                                        + " needed; give more RAM with --memory, link the image to 0x%x or above, or"
                                        + " switch the device tree off")
                                .formatted(ram, area, ram.start() + area.end() - area.start()));
    }

    /// The user's tree with the command line and the initial RAM disk, if the machine has them.
    private Bytes completed(Image given, @Nullable AddressRange initrd) {
        Bytes tree = FdtChosen.with(FdtCheck.check(given), Chosen.given(spec, initrd));
        if (tree.size() > FdtCheck.LARGEST) {
            throw new ImageException(
                    given.name(),
                    "a device tree of 0x%x bytes with the boot arguments; a kernel takes at most 0x%x"
                            .formatted(tree.size(), FdtCheck.LARGEST));
        }
        callsFree(given, tree);
        return tree;
    }

    private boolean isShared(AddressRange range) {
        return shared.stream().anyMatch(each -> each.memory().pages().overlaps(range));
    }

    private void liesOverShared(Part part) {
        for (Shared each : shared) {
            part.range()
                    .common(each.memory().pages())
                    .ifPresent(common -> warn(
                            part.image(),
                            "%s (%s) overlaps %s".formatted(part.what(), part.range(), common),
                            "link or load it elsewhere",
                            each));
        }
    }

    private void callsFree(Image image, Bytes tree) {
        for (Shared each : shared) {
            List<AddressRange> free = FdtMemory.free(tree, each.memory().pages());
            if (!free.isEmpty()) {
                String more = free.size() == 1
                        ? ""
                        : " and %d more parts of %s"
                                .formatted(free.size() - 1, each.memory().pages());
                warn(
                        image,
                        "the device tree declares %s%s as free memory".formatted(free.getFirst(), more),
                        "reserve it in the tree",
                        each);
            }
        }
    }

    /// A service that is switched off shares nothing.
    private void warn(Image image, String what, String remedy, Shared with) {
        if (!spec.firmware().policy().isOn(with.service(), true)) {
            return;
        }
        warnings.add(("%s: %s, where %s: a guest that calls it loses its data there; %s, move the pages"
                        + " (firmware.services.%s.%s), or switch the call off (firmware.toggles.%s)")
                .formatted(
                        image.name(),
                        what,
                        with.memory().use(),
                        remedy,
                        with.service(),
                        with.memory().setting(),
                        with.service()));
    }

    private AddressRange behindImages(long alignment, long size) {
        long end = ram.start();
        for (Part part : parts) {
            if (ram.contains(part.range()) && Long.compareUnsigned(part.range().end(), end) > 0) {
                end = part.range().end();
            }
        }
        long aligned = (end + alignment - 1) & -alignment;
        return AddressRange.of(aligned, size);
    }
}
