package dev.trapline.journal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.exit.GuestFault;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnumCodeTest {

    private enum Fruit {
        APPLE,
        PEAR,
        PLUM
    }

    @Test
    void aRetiredNumberIsNobodysAndTheOthersKeepTheirs() {
        EnumCode<Fruit> code = EnumCode.without(1, Fruit.class, Fruit.PLUM, Fruit.APPLE, Fruit.PEAR);

        assertThat(code.code(Fruit.PLUM)).as("before the retired number").isZero();
        assertThat(code.code(Fruit.APPLE)).as("after it").isEqualTo(2);
        assertThat(code.code(Fruit.PEAR)).isEqualTo(3);
        for (Fruit fruit : Fruit.values()) {
            assertThat(code.decode(code.code(fruit))).isEqualTo(fruit);
        }
        assertThatThrownBy(() -> code.decode(1))
                .as("a recording with it is damaged, or of another version")
                .isInstanceOf(CodecException.class)
                .hasMessage("Fruit has no number 1");
        assertThatThrownBy(() -> code.decode(4)).isInstanceOf(CodecException.class);
    }

    @Test
    void theNumbersOfFaultsStay() {
        Map<GuestFault.Kind, Integer> numbers = new EnumMap<>(GuestFault.Kind.class);
        for (GuestFault.Kind kind : GuestFault.Kind.values()) {
            numbers.put(kind, Codes.FAULT.code(kind));
        }

        assertThat(numbers)
                .as("recordings of format 2 hold them")
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        GuestFault.Kind.UNDEFINED_INSTRUCTION, 0,
                        GuestFault.Kind.SUPERVISOR_CALL, 1,
                        GuestFault.Kind.BREAKPOINT, 2,
                        GuestFault.Kind.PREFETCH_ABORT, 3,
                        GuestFault.Kind.DATA_ABORT, 4,
                        GuestFault.Kind.UNMAPPED_READ, 5,
                        GuestFault.Kind.UNMAPPED_WRITE, 6,
                        GuestFault.Kind.UNMAPPED_FETCH, 7,
                        GuestFault.Kind.OTHER_EXCEPTION, 9,
                        GuestFault.Kind.TIME_IN_IT_BLOCK, 10));
    }
}
