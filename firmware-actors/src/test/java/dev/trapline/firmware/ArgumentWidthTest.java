package dev.trapline.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/// How many bits of an argument are used in a 64-bit call: `arguments.csv` has each argument of each function of each
/// service.
class ArgumentWidthTest {

    private static final long UPPER_HALF = 0x5a5a_0001_0000_0000L;
    private static final long TICKS_BETWEEN_CALLS = 100_000;
    private static final int CALLS_OF_EACH = 400;
    /// PSCI 0.1 predates SMCCC: its identifiers have no owner.
    private static final int LAST_SERVICE_OWNER = 6;

    private static FirmwareService<?> service(String name) {
        return FirmwareServices.onClassPath().stream()
                .filter(service -> service.descriptor().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /// A service on a machine with four CPUs; CPU 0 makes the calls.
    private static final class Caller<S> {
        private final FirmwareService<S> service;
        private S state;
        private long time;

        private Caller(FirmwareService<S> service) {
            this.service = service;
            TreeMap<String, String> settings = new TreeMap<>();
            service.descriptor().settings().forEach(setting -> settings.put(setting.key(), setting.defaultValue()));
            settings.computeIfPresent("trusted-os", (_, _) -> "up-migratable");
            this.state = service.start(new ServiceContext(new MachineTopology(4, 2), false, settings));
        }

        private Reply<S> call(long... x) {
            ServiceCall made = Calls.hvc(0, x);
            long[] interrupted = new long[GeneralRegisters.COUNT];
            Arrays.setAll(interrupted, n -> 1000 + n);
            time += TICKS_BETWEEN_CALLS;
            Reply<S> reply = service.apply(
                    state,
                    new ServiceCall(
                            made.caller(),
                            made.exit(),
                            time,
                            GeneralRegisters.copyOf(interrupted),
                            made.capabilities()),
                    Calls.MEMORY);
            state = reply.state();
            return reply;
        }
    }

    private static <S> Reply<?> after(FirmwareService<S> service, String before, long... call) {
        Caller<S> caller = new Caller<>(service);
        Arrays.stream(before.split("\\|", -1)).filter(text -> !text.isBlank()).forEach(text -> caller.call(x(text)));
        return caller.call(call);
    }

    private static long[] x(String call) {
        return Arrays.stream(call.strip().split(" ", -1))
                .mapToLong(Long::decode)
                .toArray();
    }

    @ParameterizedTest(name = "{1}, x{4}: {5}")
    @CsvFileSource(resources = "/arguments.csv", delimiter = ';', numLinesToSkip = 1, emptyValue = "")
    void asManyBitsOfAnArgumentCountAsItsTypeHas(
            String name, String function, String before, String call, int register, String type, String why) {
        FirmwareService<?> service = service(name);
        String preparation = before == null ? "" : before;
        long[] plain = x(call);
        long[] changed = plain.clone();
        changed[register] |= UPPER_HALF;
        Reply<?> expected = after(service, preparation, plain);
        Reply<?> reply = after(service, preparation, changed);
        if (type.equals("uint64")) {
            assertThat(reply).as("%s: %s", function, why).isNotEqualTo(expected);
        } else {
            assertThat(reply).as("%s: %s", function, why).isEqualTo(expected);
        }
    }

    /// Arguments of calls: numbers, addresses and identifiers that are valid for one of the services.
    private static final long[] ARGUMENTS = {
        0,
        1,
        2,
        3,
        0x101,
        804,
        0x1_0002,
        0x1_0000,
        0x1_0001,
        0x8000_0000L,
        0x8400_0000L,
        0x8400_0003L,
        0xffff_ffffL,
        0x4008_0000L,
        0x4008_0001L,
        0x4700_0000L,
        0x9000_0000L
    };

    /// DEN0028 §3.1: an SMC32 call has its arguments in w1 to w7, and its function in w0.
    @Test
    void theUpperHalfOfNoRegisterCountsInA32BitCall() {
        SplittableRandom random = new SplittableRandom(11);
        for (FirmwareService<?> service : FirmwareServices.onClassPath()) {
            for (Function function : service.descriptor().functions()) {
                if (function.id().is64() || function.id().owner() > LAST_SERVICE_OWNER) {
                    continue;
                }
                for (int n = 0; n < CALLS_OF_EACH; n++) {
                    long[] plain = new long[8];
                    plain[0] = function.id().value() & 0xffff_ffffL;
                    for (int k = 1; k < plain.length; k++) {
                        plain[k] = ARGUMENTS[random.nextInt(ARGUMENTS.length)];
                    }
                    long[] changed = plain.clone();
                    Arrays.setAll(changed, k -> plain[k] | random.nextLong() << 32);
                    assertThat(after(service, "", changed))
                            .as("%s(%s)", function.name(), Arrays.toString(changed))
                            .isEqualTo(after(service, "", plain));
                }
            }
        }
    }

    @Test
    void everyArgumentOfEverySixtyFourBitFunctionIsInTheTable() throws IOException {
        List<String> described = new ArrayList<>();
        for (FirmwareService<?> service : FirmwareServices.onClassPath()) {
            for (Function function : service.descriptor().functions()) {
                for (int n = 1;
                        function.id().is64() && n <= function.parameters().size();
                        n++) {
                    described.add(service.descriptor().name() + " " + function.name() + " x" + n);
                }
            }
        }
        assertThat(rows()).as("one row for each").containsExactlyInAnyOrderElementsOf(described);
    }

    private static List<String> rows() throws IOException {
        try (InputStream table = ArgumentWidthTest.class.getResourceAsStream("/arguments.csv")) {
            Stream<String> lines =
                    new String(Objects.requireNonNull(table).readAllBytes(), StandardCharsets.UTF_8).lines();
            return lines.skip(1)
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(";", -1))
                    .map(columns -> columns[0] + " " + columns[1] + " x" + columns[4])
                    .toList();
        }
    }
}
