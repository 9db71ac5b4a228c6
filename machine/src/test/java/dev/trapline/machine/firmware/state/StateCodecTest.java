package dev.trapline.machine.firmware.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.machine.firmware.state.SampleState.Circle;
import dev.trapline.machine.firmware.state.SampleState.Colour;
import dev.trapline.machine.firmware.state.SampleState.Either;
import dev.trapline.machine.firmware.state.SampleState.Left;
import dev.trapline.machine.firmware.state.SampleState.Pair;
import dev.trapline.machine.firmware.state.SampleState.Point;
import dev.trapline.machine.firmware.state.SampleState.Right;
import dev.trapline.machine.firmware.state.SampleState.Shape;
import dev.trapline.machine.firmware.state.SampleState.Square;
import dev.trapline.machine.firmware.state.SampleState.Tree;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class StateCodecTest {

    private static final String NAME = "sample";

    private static final StateCodec<SampleState> CODEC = StateCodec.of(new SampleState.OfSample(), NAME);

    @Property
    void whatIsWrittenIsReadBackEqualAndWrittenTheSameAgain(@ForAll("states") SampleState state) {
        Bytes bytes = CODEC.encode(state);
        SampleState read = CODEC.decode(bytes);
        assertThat(read).as("the state that was read").isEqualTo(state);
        assertThat(CODEC.encode(read))
                .as("the bytes of the state that was read")
                .isEqualTo(bytes);
        assertThat(List.copyOf(read.colours())).as("the order of a set").isEqualTo(List.copyOf(state.colours()));
        assertThat(List.copyOf(read.shapes().keySet()))
                .as("the order of a map")
                .isEqualTo(List.copyOf(state.shapes().keySet()));
    }

    @Property
    void whatIsCutOffOrHasMoreBehindItIsRefused(@ForAll("states") SampleState state) {
        byte[] whole = CODEC.encode(state).toArray();
        for (int length = 0; length < whole.length; length += 1 + whole.length / 20) {
            Bytes cut = Bytes.copyOf(whole, 0, length);
            assertThatThrownBy(() -> CODEC.decode(cut))
                    .as("%d bytes of %d", length, whole.length)
                    .isInstanceOf(StateDamagedException.class);
        }
        assertThatThrownBy(() -> CODEC.decode(Bytes.copyOf(Arrays.copyOf(whole, whole.length + 1))))
                .as("one byte more")
                .isInstanceOf(StateDamagedException.class)
                .hasMessageContaining("too many");
    }

    /// A changed number is read as another number. Any other change is refused with the right exception; it never
    /// causes another exception, an endless loop or the loading of another class.
    @Property
    void aChangedByteGivesAStateOrIsRefused(@ForAll("states") SampleState state, @ForAll long seed) {
        byte[] changed = CODEC.encode(state).toArray();
        Random random = new Random(seed);
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        try {
            assertThat(CODEC.decode(Bytes.copyOf(changed))).isInstanceOf(SampleState.class);
        } catch (StateDamagedException e) {
            assertThat(e).as("it reports the error").hasMessageMatching("(?s).{10,}");
        }
    }

    @Provide
    Arbitrary<SampleState> states() {
        return Arbitraries.randomValue(StateCodecTest::random);
    }

    private static SampleState random(Random random) {
        TreeMap<String, List<Shape>> shapes = new TreeMap<>();
        TreeMap<Integer, Tree> trees = new TreeMap<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            shapes.put(text(random), List.of(shape(random, 3), shape(random, 3)));
            trees.put(random.nextInt(), tree(random, 4));
        }
        LinkedHashSet<Colour> colours = new LinkedHashSet<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            colours.add(colour(random));
        }
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        Either<Long, Colour> either =
                random.nextBoolean() ? new Left<>(random.nextLong()) : new Right<>(colour(random));
        return new SampleState(
                random.nextBoolean(),
                (byte) random.nextInt(),
                (short) random.nextInt(),
                (char) random.nextInt(),
                random.nextInt(),
                random.nextLong(),
                Float.intBitsToFloat(random.nextInt()),
                Double.longBitsToDouble(random.nextLong()),
                random.nextBoolean() ? null : random.nextLong(),
                random.nextBoolean() ? null : text(random),
                new UUID(random.nextLong(), random.nextLong()),
                Bytes.copyOf(bytes),
                RegisterWrites.NONE
                        .and(random.nextInt(31), random.nextLong())
                        .and(random.nextInt(31), random.nextLong()),
                random.nextBoolean()
                        ? null
                        : GeneralRegisters.copyOf(
                                random.longs(GeneralRegisters.COUNT).toArray()),
                random.nextBoolean() ? null : colour(random),
                List.of(Optional.empty(), Optional.of(new VcpuId(random.nextInt(64)))),
                random.nextBoolean() ? List.of() : Arrays.asList(1, null, random.nextInt()),
                Collections.unmodifiableSet(colours),
                new TreeSet<>(List.of(text(random), text(random))),
                shapes,
                trees,
                new Pair<>(shape(random, 2), new Pair<>(random.nextInt(), text(random))),
                either);
    }

    private static Shape shape(Random random, int depth) {
        return switch (random.nextInt(3)) {
            case 0 -> new Circle(random.nextInt());
            case 1 -> Point.ORIGIN;
            default -> new Square(random.nextLong(), depth == 0 ? null : shape(random, depth - 1));
        };
    }

    private static Tree tree(Random random, int depth) {
        @Nullable Tree left = depth == 0 || random.nextBoolean() ? null : tree(random, depth - 1);
        return new Tree(
                left,
                random.nextInt(),
                depth == 0 || random.nextBoolean()
                        ? List.of()
                        : List.of(tree(random, depth - 1), tree(random, depth - 1)));
    }

    private static Colour colour(Random random) {
        return random.nextBoolean() ? Colour.RED : Colour.GREEN;
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(10), 0, 0x10000)
                .collect(StringBuilder::new, (text, unit) -> text.append((char) unit), StringBuilder::append)
                .toString();
    }
}
