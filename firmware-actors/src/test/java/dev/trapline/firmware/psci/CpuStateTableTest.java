package dev.trapline.firmware.psci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.Reply;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every call in every state of a CPU. The table is `states.csv`.
class CpuStateTableTest {

    private static final int CPU = 2;
    private static final int OTHER = 0;

    /// How a CPU gets into each state, in the order of the table's columns.
    private static final List<String> STATES = List.of("off", "on-pending", "on", "standby", "power-down", "frozen");

    private static final Map<String, String> SCRIPTS = Map.of(
            "off", "",
            "on-pending", "0 on 2; at 50",
            "on", "0 on 2; at 100",
            "standby", "0 on 2; at 100; 2 standby",
            "power-down", "0 on 2; at 100; 2 down",
            "frozen", "0 on 2; at 100; 2 freeze");

    static Stream<Arguments> cells() throws IOException {
        return PsciErrorTest.rows("/psci/states.csv").stream()
                .flatMap(row -> STATES.stream()
                        .filter(state -> !cell(row, state).equals("-"))
                        .map(state -> Arguments.of(row[0] + " by " + row[2], state, row)));
    }

    private static String cell(String[] row, String state) {
        return row[4 + STATES.indexOf(state)].strip();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cells")
    void aCallInAStateReturnsWhatTheTableSays(String call, String state, String[] row) {
        check(row, state);
    }

    @Test
    void everyFunctionIsInTheTable() throws IOException {
        SortedSet<Integer> called = new TreeSet<>();
        for (String[] row : PsciErrorTest.rows("/psci/states.csv")) {
            if (!row[2].equals("event")) {
                called.add((int) PsciErrorTest.number(row[3].split(" ", -1)[0]) & 0x1f);
            }
        }
        assertThat(called)
                .containsExactlyElementsOf(
                        Stream.iterate(0, n -> n + 1).limit(0x16).toList());
    }

    private static void check(String[] row, String state) {
        String cell = cell(row, state);
        PsciMachine machine = PsciMachine.of("trusted-os=up-migratable", "on-pending=100")
                .run(row[1])
                .run(SCRIPTS.getOrDefault(state, ""));
        assertThat(stateOf(machine)).as("before").isEqualTo(state);
        String result = cell.split(">", -1)[0].strip();
        String next = cell.contains(">") ? cell.split(">", -1)[1].strip() : state;
        if (row[2].equals("event")) {
            machine.run(row[3]);
            assertThat(result).as("an event returns nothing").isEmpty();
            assertThat(stateOf(machine)).as("after").isEqualTo(next);
            return;
        }
        long[] x = Arrays.stream(row[3].split(" "))
                .mapToLong(PsciErrorTest::number)
                .toArray();
        Reply<PsciState> reply = machine.call(row[2].equals("itself") ? CPU : OTHER, x);
        if (result.equals("gone")) {
            assertThat(reply.registers().mask()).as("it does not return").isZero();
        } else {
            assertThat(reply.registers().value(0)).as("x0").isEqualTo(Long.decode(result));
        }
        String after = stateOf(machine);
        assertThat(after).as("after").isEqualTo(next);
        checkPower(reply, state, next);
    }

    /// The machine gets an effect exactly if the power state changes.
    private static void checkPower(Reply<PsciState> reply, String state, String next) {
        List<Effect> ofCpu =
                reply.effects().stream().filter(CpuStateTableTest::isOfCpu).toList();
        if (state.equals(next)) {
            assertThat(ofCpu).as("its power does not change").isEmpty();
            return;
        }
        assertThat(ofCpu).hasSize(1);
        String done = switch (ofCpu.getFirst()) {
            case Effect.PowerOn _ -> "on-pending";
            case Effect.PowerOff _ -> "off";
            case Effect.Standby _ -> "standby";
            case Effect.PowerDown _ -> "power-down";
            default -> "?";
        };
        assertThat(done).isEqualTo(next.equals("frozen") ? "off" : next);
    }

    private static boolean isOfCpu(Effect effect) {
        VcpuId cpu = new VcpuId(CPU);
        return switch (effect) {
            case Effect.PowerOn on -> on.target().equals(cpu);
            case Effect.PowerOff off -> off.target().equals(cpu);
            case Effect.Standby standby -> standby.target().equals(cpu);
            case Effect.PowerDown down -> down.target().equals(cpu);
            default -> false;
        };
    }

    /// The state of CPU 2.
    private static String stateOf(PsciMachine machine) {
        PsciState state = machine.state();
        long cpu = 1L << CPU;
        CpuStates cpus = state.cpus();
        if ((cpus.frozen() & cpu) != 0) {
            return "frozen";
        }
        if ((cpus.on() & cpu) == 0) {
            return "off";
        }
        if ((cpus.suspended() & cpu) != 0) {
            return state.tree().state(PowerTree.CORE, cpu) == LocalState.STANDBY ? "standby" : "power-down";
        }
        return cpus.pending(cpu, machine.time()) == 0 ? "on" : "on-pending";
    }
}
