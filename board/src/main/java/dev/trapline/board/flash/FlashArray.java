package dev.trapline.board.flash;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Arrays;
import java.util.TreeMap;

/// The cells of flash memory: those of an image that never changes, and over it the pages that were erased or
/// programmed. Only those pages are saved; an erased page takes a few bytes.
final class FlashArray implements Snapshot {

    static final int PAGE = 4096;

    private static final byte ERASED_CELL = (byte) 0xff;

    private static final byte[] ERASED_PAGE = erasedPage();

    private final Bytes image;
    private final int size;
    /// The pages that were erased or programmed, by number.
    private final TreeMap<Integer, byte[]> pages = new TreeMap<>();

    /// @param image the content at the start; the cells behind it are erased
    /// @param size in bytes, whole pages, at least the image
    FlashArray(Bytes image, int size) {
        this.image = image;
        this.size = size;
    }

    private static byte[] erasedPage() {
        byte[] page = new byte[PAGE];
        Arrays.fill(page, ERASED_CELL);
        return page;
    }

    /// The byte at an offset.
    int read(int offset) {
        byte[] page = pages.get(offset / PAGE);
        return (page == null ? imageAt(offset) : page[offset % PAGE]) & 0xff;
    }

    private byte imageAt(int offset) {
        return offset < image.size() ? image.at(offset) : ERASED_CELL;
    }

    /// Clears the bits of the byte at an offset that are 0 in `bits`.
    void program(int offset, int bits) {
        writable(offset / PAGE)[offset % PAGE] &= (byte) bits;
    }

    /// Sets all bits of some pages.
    ///
    /// @param offset of the first one
    /// @param length in bytes, whole pages
    void erase(int offset, int length) {
        for (int number = offset / PAGE; number < (offset + length) / PAGE; number++) {
            if (number * PAGE < image.size()) {
                pages.put(number, ERASED_PAGE.clone());
            } else {
                pages.remove(number);
            }
        }
    }

    private byte[] writable(int number) {
        return pages.computeIfAbsent(number, this::ofImage);
    }

    private byte[] ofImage(int number) {
        byte[] page = erasedPage();
        int from = number * PAGE;
        if (from < image.size()) {
            image.copyTo(from, page, 0, Math.min(PAGE, image.size() - from));
        }
        return page;
    }

    @Override
    public void save(StateWriter state) {
        state.putCount(pages.size());
        pages.forEach((number, page) -> {
            boolean erased = Arrays.equals(page, ERASED_PAGE);
            state.put(number, Integer.BYTES);
            state.put(erased);
            if (!erased) {
                state.put(page);
            }
        });
    }

    @Override
    public void load(StateReader state) {
        pages.clear();
        int count = state.takeCount(Integer.BYTES + 1);
        int least = 0;
        for (int k = 0; k < count; k++) {
            int number = (int) state.take(Integer.BYTES);
            if (number < least || number >= size / PAGE) {
                throw new StateDamagedException("a page of the flash is " + number + ", but " + least + " to "
                        + (size / PAGE - 1) + " can follow");
            }
            byte[] page = erasedPage();
            if (!state.takeFlag()) {
                state.take(page);
            }
            pages.put(number, page);
            least = number + 1;
        }
    }
}
