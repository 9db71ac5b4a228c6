package dev.trapline.board.boot;

import dev.trapline.abi.machine.Image;
import dev.trapline.board.boot.ElfImage.Location;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The names that a machine's images give to guest addresses. Immutable.
public final class Symbols {

    /// Of a machine whose images name nothing.
    public static final Symbols NONE = new Symbols(List.of());

    private final List<ElfImage> images;

    private Symbols(List<ElfImage> images) {
        this.images = List.copyOf(images);
    }

    /// The symbols of those images that are ELF files. Parses them: some milliseconds a megabyte.
    ///
    /// @throws ImageException if one of them is no proper executable
    public static Symbols of(List<Image> images) {
        return new Symbols(images.stream()
                .filter(image -> image.kind() == Image.Kind.ELF)
                .map(image -> ElfImage.parse(image.name(), image.content()))
                .toList());
    }

    /// What an address is called, or null if nothing covers it.
    public @Nullable Location at(long address) {
        for (ElfImage image : images) {
            Location location = image.symbolAt(address);
            if (location != null) {
                return location;
            }
        }
        return null;
    }

    /// An address for people: `0x40080014 <spin_lock+0x14>`, or the number alone if nothing covers it.
    public String describe(long address) {
        Location location = at(address);
        String number = "0x" + Long.toHexString(address);
        return location == null ? number : number + " <" + location + ">";
    }
}
