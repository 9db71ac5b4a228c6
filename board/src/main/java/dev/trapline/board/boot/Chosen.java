package dev.trapline.board.boot;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.BoardKind;
import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.devicetree.TreeProperty;
import dev.trapline.abi.machine.MachineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a boot loader says to a kernel in the node `/chosen` (`Documentation/devicetree/bindings/chosen.txt` of the
/// Linux kernel, and dt-schema's `chosen.yaml`).
final class Chosen {

    /// The name of each seed as a number, which keeps its stream apart from all others of the machine's seed:
    /// `rng-seed` and `kaslr-se` in ASCII.
    private static final long RNG_SEED = 0x726e_672d_7365_6564L;

    private static final long KASLR_SEED = 0x6b61_736c_722d_7365L;

    private static final int RNG_WORDS = 8;

    private Chosen() {}

    /// The command line and the initial RAM disk, as far as the machine has them.
    ///
    /// @param initrd where the initial RAM disk is; null without one
    static List<TreeProperty> given(MachineSpec spec, @Nullable AddressRange initrd) {
        List<TreeProperty> properties = new ArrayList<>();
        String arguments = spec.board().bootArguments();
        if (!arguments.isEmpty()) {
            properties.add(new TreeProperty.Strings("bootargs", List.of(arguments)));
        }
        if (initrd != null) {
            properties.add(number("linux,initrd-start", initrd.start()));
            properties.add(number("linux,initrd-end", initrd.end()));
        }
        return properties;
    }

    /// 64 bytes for the kernel's random numbers and 8 for its own address, both from the machine's seed: a kernel
    /// that starts twice has the same. The bare board has none.
    static List<TreeProperty> seeds(MachineSpec spec) {
        if (spec.board().kind() == BoardKind.BARE) {
            return List.of();
        }
        return List.of(
                drawn("rng-seed", spec.schedule().seed(), RNG_SEED, RNG_WORDS),
                drawn("kaslr-seed", spec.schedule().seed(), KASLR_SEED, 1));
    }

    private static TreeProperty drawn(String name, long seed, long stream, int words) {
        SplitMix64 draws = SplitMix64.of(seed, stream);
        return new TreeProperty.Cells(
                name,
                IntStream.range(0, words)
                        .mapToLong(_ -> draws.next())
                        .boxed()
                        .flatMap(word -> cells(word).stream())
                        .toList());
    }

    private static TreeProperty number(String name, long value) {
        return new TreeProperty.Cells(name, cells(value));
    }

    private static List<Integer> cells(long value) {
        return List.of((int) (value >>> 32), (int) value);
    }
}
