package dev.trapline.board.boot;

import dev.trapline.abi.machine.Image;
import dev.trapline.board.boot.ElfImage.Location;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The symbols of a machine's images. Immutable.
public final class Symbols {

    /// No symbols.
    public static final Symbols NONE = new Symbols(List.of());

    private final List<ElfImage> images;

    private Symbols(List<ElfImage> images) {
        this.images = List.copyOf(images);
    }

    /// Parses the symbols of the images that are ELF files. It takes some milliseconds per megabyte.
    ///
    /// @throws ImageException if one of them is not a valid executable
    public static Symbols of(List<Image> images) {
        return new Symbols(images.stream()
                .filter(image -> image.kind() == Image.Kind.ELF)
                .map(image -> ElfImage.parse(image.name(), image.content()))
                .toList());
    }

    /// The symbol and offset of an address, or null if no symbol covers it.
    public @Nullable Location at(long address) {
        for (ElfImage image : images) {
            Location location = image.symbolAt(address);
            if (location != null) {
                return location;
            }
        }
        return null;
    }

    /// An address as text: `0x40080014 <spin_lock+0x14>`, or only the number if no symbol covers it.
    public String describe(long address) {
        Location location = at(address);
        String number = "0x" + Long.toHexString(address);
        return location == null ? number : number + " <" + location + ">";
    }
}
