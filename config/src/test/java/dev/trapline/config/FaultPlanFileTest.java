package dev.trapline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.InputFault;
import dev.trapline.abi.fault.InputPattern;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.file.Waiting;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.WrongBits;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.smccc.FunctionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Plans of faults as files.
class FaultPlanFileTest {

    private static final FunctionId CPU_ON32 = new FunctionId(0x8400_0003);
    private static final FunctionId CPU_ON64 = new FunctionId(0xc400_0003);
    private static final FunctionId READ = new FunctionId(0x8400_0051);
    private static final List<ResultName> RESULTS =
            List.of(new ResultName(0, "SUCCESS"), new ResultName(-4, "ALREADY_ON"), new ResultName(-2, "INVALID"));
    private static final List<ServiceDescriptor> SERVICES = List.of(
            new ServiceDescriptor(
                    "psci",
                    "1",
                    List.of(new Claim(CPU_ON32, CPU_ON32), new Claim(CPU_ON64, CPU_ON64)),
                    List.of(
                            new Function(CPU_ON32, "PSCI_CPU_ON", List.of(), RESULTS),
                            new Function(CPU_ON64, "PSCI_CPU_ON", List.of(), RESULTS)),
                    List.of()),
            new ServiceDescriptor(
                    "trng",
                    "1",
                    List.of(new Claim(READ, READ)),
                    List.of(new Function(READ, "TRNG_RND", List.of(), List.of(new ResultName(-3, "INVALID")))),
                    List.of()));
    private static final List<Functions> CPU_ON = List.of(new Functions.One(CPU_ON32), new Functions.One(CPU_ON64));

    @TempDir
    private Path directory;

    private FaultPlan plan(String text) {
        try {
            Path file = Files.writeString(directory.resolve("plan.conf"), text);
            return FaultPlanFile.read(file, "--faults plan.conf", SERVICES, Waiting.UNLIMITED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FaultRule rule(String text) {
        return plan("faults = [ { " + text + " } ]").rules().getFirst();
    }

    private String refused(String text) {
        ConfigException e = catchThrowableOfType(ConfigException.class, () -> plan(text));
        assertThat(e).as("%s is refused", text).isNotNull();
        return String.valueOf(e.getMessage()).replace(directory + "/", "");
    }

    @Test
    void aRuleSaysWhereWhenAndWhat() {
        assertThat(rule("""
            name = busy
            at { function = [CPU_ON, 0x84000050-0x84000053], vcpu = [0, 3], conduit = smc, service = psci }
            when { nth = 4, every = 2, probability = 0.25, from = "time:1ms", until = "slice:99", times = 7 }
            do { refuse = ALREADY_ON }
            """))
                .usingRecursiveComparison()
                .ignoringFields("origin")
                .isEqualTo(new FaultRule(
                        "busy",
                        new CallPattern(
                                Set.of(new VcpuId(0), new VcpuId(3)),
                                EnumSet.of(Conduit.SMC),
                                List.of(
                                        CPU_ON.get(0),
                                        CPU_ON.get(1),
                                        new Functions.Range(new FunctionId(0x8400_0050), 4)),
                                Set.of("psci")),
                        new Occasion(4, 2, 0.25, new Moment.AtTime(62_500), new Moment.AtSlice(99), "", 7),
                        new CallFault.Refused(RegisterWrites.x0(-4))));
    }

    @Test
    void whatIsNotGivenIsAnyCallEachTimeAndANumberForAName() {
        FaultRule rule = rule("do { repeat = true }");
        assertThat(rule.name()).isEqualTo("fault1");
        assertThat(rule.where()).isEqualTo(CallPattern.ANY);
        assertThat(rule.when()).isEqualTo(Occasion.ALWAYS);
        assertThat(rule.origin()).endsWith("plan.conf:1");
        assertThat(rule("when { nth = 2 }, do { repeat = true }").when())
                .as("the call of one number comes once")
                .isEqualTo(Occasion.nth(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CPU_ON", "PSCI_CPU_ON", "cpu_on", "psci_cpuon", "[CPU_ON]", "[0x84000003, 0xC4000003]"})
    void aFunctionHasItsNameInAnyWayThatPeopleWriteIt(String name) {
        assertThat(rule("at { function = " + name + " }, do { forget = true }").where())
                .isEqualTo(CallPattern.ANY.of(CPU_ON));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "refuse = -3                       | Refused[result=x0=0xfffffffffffffffd]",
                "refuse { x0 = 1, x3 = 0xffffffffffffffff } | Refused[result=x0=0x1 x3=0xffffffffffffffff]",
                "result = SUCCESS                  | WrongResult[registers=x0=0x0]",
                "result { x4 = 5 }                 | WrongResult[registers=x4=0x5]",
                "argument { x1 = 7, r2 = 8 }       | WrongArgument[arguments=x1=0x7 x2=0x8]",
                "delay = 16us                      | Late[ticks=1000]",
                "delay = 8760h                     | Late[ticks=1971000000000000]",
                "lose = forever                    | Lost[ticks=9223372036854775807]",
                "lose = 1ms                        | Lost[ticks=62500]",
                "repeat = true                     | Repeated[]",
                "forget = true                     | Forgotten[]",
                "crash = after                     | Crashed[when=AFTER, error=no register]",
                "crash = before                    | Crashed[when=BEFORE, error=x0=0xffffffffffffffff]",
                "crash = while, error = ALREADY_ON | Crashed[when=WHILE, error=x0=0xfffffffffffffffc]",
                "crash = before, error { x1 = 1 }  | Crashed[when=BEFORE, error=x1=0x1]",
                "flip-memory = 0x40000010          | FlippedMemory[first=1073741840, last=1073741840, bits=0]",
                "flip-memory = \"16-0x20\", bits = 255 | FlippedMemory[first=16, last=32, bits=255]",
                "flip-register = x30, bits = 0x8000000000000000 | FlippedRegister[targets=Targets[all=false,"
                        + " vcpus=[]], register=30, bits=-9223372036854775808]",
                "flip-register = any, vcpu = [0, 2] | FlippedRegister[targets=Targets[all=false, vcpus=[vcpu0,"
                        + " vcpu2]], register=-1, bits=0]",
                "hold = 16us, vcpu = all           | Held[targets=Targets[all=true, vcpus=[]], ticks=1000]",
                "hold = forever, vcpu = 1          | Held[targets=Targets[all=false, vcpus=[vcpu1]],"
                        + " ticks=9223372036854775807]",
                "interrupt = 40                    | SpuriousInterrupt[targets=Targets[all=false, vcpus=[]],"
                        + " intid=40]",
                "drop-interrupt = 1019             | DroppedInterrupt[targets=Targets[all=false, vcpus=[]],"
                        + " intid=1019]",
                "wake = true, vcpu = 3             | SpuriousWakeUp[targets=Targets[all=false, vcpus=[vcpu3]]]",
                "event = 804                       | SpuriousEvent[targets=Targets[all=false, vcpus=[]], number=804]",
                "serror = 0x1ffffff                | RaisedError[targets=Targets[all=false, vcpus=[]],"
                        + " syndrome=33554431]",
                "misread = 0x9000018, set = 0x20, count = 3 | Defective[what=Misread[address=150994968, bits=bits 0x20"
                        + " set, count=3]]",
                "misread = 8, bits = 1, set = 2, clear = 0x80000000 | Defective[what=Misread[address=8, bits=bits 0x1"
                        + " changed, bits 0x2 set, bits 0x80000000 clear, count=9223372036854775807]]",
                "stick-line = 33, level = high     | Defective[what=StuckLine[intid=33, high=true,"
                        + " ticks=9223372036854775807]]",
                "stick-line = 1019, level = low, duration = 16us | Defective[what=StuckLine[intid=1019, high=false,"
                        + " ticks=1000]]",
                "stick-line = 33, level = low, duration = forever | Defective[what=StuckLine[intid=33, high=false,"
                        + " ticks=9223372036854775807]]",
                "disk-reads = fail                 | Defective[what=BadDisk[disk=0, failure=READ_FAILS,"
                        + " count=9223372036854775807]]",
                "disk-writes = fail, disk = 31     | Defective[what=BadDisk[disk=31, failure=WRITE_FAILS,"
                        + " count=9223372036854775807]]",
                "disk-writes = lost, count = 2     | Defective[what=BadDisk[disk=0, failure=WRITE_LOST, count=2]]",
                "disk-writes = torn, count = 1     | Defective[what=BadDisk[disk=0, failure=WRITE_TORN, count=1]]",
            })
    void eachKindOfFaultIsRead(String text, String fault) {
        assertThat(rule("do { " + text + " }").what()).hasToString(fault);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "moment = \"time:1ms\"                   | hold = 1ms    | at 62500 ticks",
                "moment = \"time:0s\", interval = 16ns   | wake = true   | at 0 ticks, and every 1 ticks from there",
                "moment = \"slice:7\"                    | wake = true   | before slice 7",
                "input = console                         | drop = true   | console input",
                "input = network                         | duplicate = true | frames from other machines",
                "input = entropy                         | drop = true   | entropy for services",
                "function = CPU_ON                       | wake = true   | calls of 0x84000003 or 0xC4000003",
            })
    void eachPlaceIsRead(String at, String doing, String where) {
        assertThat(rule("at { " + at + " }, do { " + doing + " }").where()).hasToString(where);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x = 1                                     | plan.conf:1: x is not a key",
                "faults = 1                                | plan.conf:1: faults takes a list of 1 to 250 faults",
                "faults = []                               | takes a list of 1 to 250 faults",
                "faults = [1]                              | plan.conf:1: faults takes a section for each fault: { ..."
                        + " }",
                "faults = [{}]                             | fault 1.do is missing from this fault",
                "faults = [{do = 1}]                       | fault 1.do is a section: write its keys in { }",
                "faults = [{do {}}]                        | fault 1.do says nothing: it takes refuse, result,",
                "faults = [{do {refuse = 1, lose = 1s}}]   | fault 1.do says more than one thing",
                "faults = [{do {reject = 1}}]              | fault 1.do.reject is not a key",
                "faults = [{do {refuse = ALREADY_OF}}]     | not ALREADY_OF; did you mean ALREADY_ON?",
                "faults = [{do {refuse = INVALID}}]        | INVALID is [-3, -2], depending on the function: write the"
                        + " number",
                "faults = [{do {refuse = 0x10000000000000000}}] | takes a number, registers",
                "faults = [{do {result = {}}}]             | takes registers, as in { x1 = 0 }",
                "faults = [{do {result {x31 = 1}}}]        | fault 1.do.result.x31 is no register: x0 to x30",
                "faults = [{do {result {x1 = a}}}]         | fault 1.do.result.x1 takes a whole number of at most 64"
                        + " bits, not a",
                "faults = [{do {argument {x0 = 1}}}]       | takes x1 and registers above it: x0 is the function",
                "faults = [{do {delay = 15ns}}]            | at least 16ns, at most 8760h, not 15ns",
                "faults = [{do {delay = forever}}]         | takes a duration, as in 5ms; at least",
                "faults = [{do {delay = 8761h}}]           | not 8761h",
                "faults = [{do {lose = 5}}]                | takes a duration, as in 5ms, or forever",
                "faults = [{do {repeat = false}}]          | takes true, not false",
                "faults = [{do {crash = now}}]             | takes before, while or after, not now",
                "faults = [{do {repeat = true, error = 1}}] | fault 1.do.error needs crash = before or while",
                "faults = [{do {crash = after, error = 1}}] | fault 1.do.error needs crash = before or while",
                "faults = [{at {vcpu = 64}, do {repeat = true}}] | takes the number of a vCPU, from 0 on, or a list of"
                        + " them, not 64",
                "faults = [{at {function = CPU_OM}, do {repeat = true}}] | not CPU_OM; did you mean CPU_ON?",
                "faults = [{at {function = \"0x84000000+0\"}, do {repeat = true}}] | or a base and a count",
                "faults = [{at {service = pcsi}, do {repeat = true}}] | not pcsi; did you mean psci?",
                "faults = [{at {conduit = svc}, do {repeat = true}}] | takes smc or hvc, or a list of different ones"
                        + " of them, not svc",
                "faults = [{at {call = 1}, do {repeat = true}}] | fault 1.at.call is not a key",
                "faults = [{when {nth = 0}, do {repeat = true}}] | takes a whole number from 1 to",
                "faults = [{when {probability = 0}, do {repeat = true}}] | takes a number above 0, and at most 1, as"
                        + " in 0.1, not 0",
                "faults = [{when {probability = 1.5}, do {repeat = true}}] | not 1.5",
                "faults = [{when {from = 5ms}, do {repeat = true}}] | takes time:DURATION or slice:ORDINAL",
                "faults = [{when {nth = 3, every = 2}, do {repeat = true}}] | fault 1.when can never be: call 3 is"
                        + " none of every 2 calls",
                "faults = [{when {after = b}, do {repeat = true}}] | the fault 'fault1' comes after 'b', which is no"
                        + " other fault",
                "faults = [{name = a b, do {repeat = true}}] | takes 1 to 64 letters, digits",
                "faults = [{name = a, do {repeat = true}}, {name = a, do {repeat = true}}] | two faults have the name"
                        + " 'a'",
                "faults = [{at {moment = \"time:1ms\"}, do {refuse = 1}}] | 'refuse' happens to a call, so 'at' names"
                        + " no moment and no input",
                "faults = [{at {input = console}, do {hold = 1ms}}] | 'hold' happens to the machine, at a moment or"
                        + " behind a call",
                "faults = [{do {drop = true}}]             | 'drop' happens to an input; say which",
                "faults = [{at {input = entropy}, do {corrupt = true}}] | 'corrupt' happens to an input from the"
                        + " console or the network",
                "faults = [{at {input = disk}, do {drop = true}}] | takes console, network or entropy, not disk",
                "faults = [{at {input = console, vcpu = 1}, do {drop = true}}] | fault 1.at names two of calls,"
                        + " moments and inputs",
                "faults = [{at {interval = 1ms}, do {wake = true}}] | fault 1.at.moment is missing from this section",
                "faults = [{at {moment = 5ms}, do {wake = true}}] | takes time:DURATION or slice:ORDINAL",
                "faults = [{at {moment = \"slice:5\", interval = 1ms}, do {wake = true}}] | needs a moment with a time",
                "faults = [{at {moment = \"time:0s\", interval = 1ns}, do {wake = true}}] | at least 16ns",
                "faults = [{at {vcpu = []}, do {repeat = true}}] | fault 1.at.vcpu is an empty list",
                "faults = [{do {hold = 1ms, vcpu = []}}]   | fault 1.do.vcpu is an empty list",
                "faults = [{at {moment = \"time:1ms\"}, when {from = \"time:5ms\"}, do {wake = true}}] | none of its"
                        + " moments is one of those that 'when' asks for",
                "faults = [{at {moment = \"time:9ms\", interval = 1ms}, when {until = \"time:5ms\"}, do {wake ="
                        + " true}}] | none of its moments",
                "faults = [{at {moment = \"slice:9\"}, when {nth = 2}, do {wake = true}}] | none of its moments",
                "faults = [{at {moment = \"slice:9\"}, when {until = \"slice:10\"}, do {wake = true}}] | one that"
                        + " comes before a slice has neither of them",
                "faults = [{at {moment = \"time:9ms\"}, when {until = \"slice:10\"}, do {wake = true}}] | 'from' and"
                        + " 'until' of a fault at times are times",
                "faults = [{name = a, when {after = b}, do {repeat = true}}, {name = b, when {after = a}, do {repeat ="
                        + " true}}] | the fault 'a' can never be: it comes after one that waits for it",
                "faults = [{do {flip-memory = x}}]         | takes a physical address, or a range of them",
                "faults = [{do {flip-memory = \"9-3\"}}]   | takes a physical address, or a range of them",
                "faults = [{do {flip-memory = 9, bits = 256}}] | takes a whole number from 1 to 255, not 256",
                "faults = [{do {flip-memory = 9, vcpu = 1}}] | fault 1.do.vcpu has no meaning for this kind",
                "faults = [{do {flip-register = x31}}]     | takes x0 to x30, or any, not x31",
                "faults = [{do {flip-register = x3, bits = 0}}] | takes a number with a bit for each that changes",
                "faults = [{do {hold = 1ms, bits = 1}}]    | fault 1.do.bits has no meaning for this kind",
                "faults = [{do {hold = 1ms, vcpu = some}}] | takes the number of a vCPU, from 0 on, a list of them, or"
                        + " all, not some",
                "faults = [{do {refuse = 1, vcpu = 1}}]    | fault 1.do.vcpu has no meaning for this kind",
                "faults = [{do {interrupt = 1020}}]        | takes a whole number from 0 to 1019",
                "faults = [{do {serror = 0x2000000}}]      | takes a whole number from 0 to 33554431",
                "faults = [{do {wake = 1}}]                | takes true, not 1",
                "faults = [{do {misread = x, set = 1}}]    | fault 1.do.misread takes the physical address of a"
                        + " register, as in 0x9000018, not x",
                "faults = [{do {misread = 8}}]             | fault 1.do has a misread without wrong bits: say which,"
                        + " as in set = 0x20",
                "faults = [{do {misread = 8, set = 0}}]    | fault 1.do.set takes a whole number from 1 to 4294967295",
                "faults = [{do {misread = 8, set = 3, clear = 2}}] | fault 1.do has a bit in two of 'set', 'clear'"
                        + " and 'bits'",
                "faults = [{do {misread = 8, bits = 3, set = 2}}] | a bit is wrong in one way",
                "faults = [{do {misread = 8, set = 1, count = 0}}] | takes a whole number from 1 to 1000000000, not 0",
                "faults = [{do {misread = 8, set = 1, vcpu = 0}}] | fault 1.do.vcpu has no meaning for this kind",
                "faults = [{do {stick-line = 31, level = high}}] | takes a whole number from 32 to 1019, not 31",
                "faults = [{do {stick-line = 33}}]         | fault 1.do.level is missing from this section: the line"
                        + " is stuck high or low",
                "faults = [{do {stick-line = 33, level = up}}] | takes high or low, not up",
                "faults = [{do {stick-line = 33, level = low, duration = 3}}] | takes a duration, as in 5ms, or"
                        + " forever",
                "faults = [{do {stick-line = 33, level = low, count = 3}}] | fault 1.do.count has no meaning for this",
                "faults = [{do {disk-reads = lost}}]       | fault 1.do.disk-reads takes fail, not lost",
                "faults = [{do {disk-writes = late}}]      | takes fail, lost or torn, not late",
                "faults = [{do {disk-writes = lost, disk = 32}}] | takes a whole number from 0 to 31, not 32",
                "faults = [{do {disk-writes = lost, level = low}}] | fault 1.do.level has no meaning for this kind",
                "faults = [{do {wake = true, disk = 1}}]   | fault 1.do.disk has no meaning for this kind",
                "faults = [{at {input = console}, do {disk-reads = fail}}] | 'disk-reads' happens to the machine",
                "faults = ${x}                             | a plan of faults has none",
                "faults = [                                | plan.conf:1: ",
            })
    void whatIsWrongIsNamedWithItsPlace(String text, String message) {
        assertThat(refused(text)).contains(message);
    }

    @Test
    void allErrorsAreReportedTogether() {
        assertThat(refused("faults = [\n{ do {} }\n{ at { vcpu = x }, do { repeat = true } }\n]"))
                .contains("plan.conf:2: fault 1.do", "plan.conf:3: fault 2.at.vcpu");
    }

    @Test
    void aPlanIncludesNoOtherFile() throws IOException {
        Files.writeString(directory.resolve("other.conf"), "faults = [ { do { repeat = true } } ]");
        assertThat(refused("include \"other.conf\"")).contains("a plan of faults is one file");
    }

    @Test
    void aPlanWrittenAsTextIsReadAsTheSamePlan() {
        for (int seed = 0; seed < 300; seed++) {
            FaultPlan any = new AnyPlan(new Random(seed)).plan();
            String text = FaultPlanText.of(any);
            assertThat(plan(text).rules())
                    .as("%s", text)
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields("origin")
                    .isEqualTo(any.rules());
        }
    }

    /// Random plans.
    private record AnyPlan(Random random) {

        FaultPlan plan() {
            FaultRule first = rule("first", "");
            return FaultPlan.of(first, rule("second", random.nextBoolean() ? "first" : ""));
        }

        private FaultRule rule(String name, String after) {
            long every = random.nextBoolean() ? 1 : 1 + random.nextInt(9);
            Occasion when = new Occasion(
                    random.nextBoolean() ? 0 : every * (1 + random.nextInt(5)),
                    every,
                    random.nextBoolean() ? 1 : Math.max(1e-9, random.nextDouble()),
                    moment(random.nextInt(1000)),
                    moment(2_000 + random.nextInt(1000)),
                    after,
                    random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextInt(9));
            Set<VcpuId> vcpus = new TreeSet<>();
            for (int n = random.nextInt(3); n > 0; n--) {
                vcpus.add(new VcpuId(random.nextInt(64)));
            }
            List<Functions> functions = random.nextBoolean()
                    ? List.of()
                    : List.of(
                            new Functions.One(new FunctionId(random.nextInt())),
                            new Functions.Range(new FunctionId(random.nextInt()), 1 + random.nextInt(99)));
            CallPattern where = new CallPattern(
                    vcpus,
                    random.nextBoolean() ? EnumSet.allOf(Conduit.class) : EnumSet.of(Conduit.HVC),
                    functions,
                    random.nextBoolean() ? Set.of() : Set.of("psci", "trng"));
            return switch (random.nextInt(4)) {
                case 0 -> new FaultRule(name, where, when, upset());
                case 1 -> new FaultRule(name, moments(), Occasion.ALWAYS.after(after), upset());
                case 2 -> new FaultRule(name, new InputPattern(InputPattern.Kind.CONSOLE), when, InputFault.DOUBLED);
                default -> new FaultRule(name, where, when, fault());
            };
        }

        private Moments moments() {
            Moment first = moment(random.nextInt(1000));
            return new Moments(first, first instanceof Moment.AtSlice ? 0 : random.nextInt(100_000));
        }

        private MachineFault upset() {
            MachineFault.Targets targets = switch (random.nextInt(3)) {
                case 0 -> MachineFault.Targets.ALL;
                case 1 -> MachineFault.Targets.of(new VcpuId(random.nextInt(63)), new VcpuId(63));
                default -> MachineFault.Targets.USUAL;
            };
            long address = random.nextLong() >>> 1;
            return switch (random.nextInt(12)) {
                case 9 -> new MachineFault.Defective(misread());
                case 10 -> new MachineFault.Defective(stuck());
                case 11 -> new MachineFault.Defective(disk());
                case 0 -> new MachineFault.FlippedMemory(address, address, 1 + random.nextInt(255));
                case 1 -> new MachineFault.FlippedMemory(address / 2, address, 0);
                case 2 -> new MachineFault.FlippedRegister(targets, random.nextInt(32) - 1, random.nextLong());
                case 3 -> new MachineFault.Held(targets, 1 + random.nextInt(100_000));
                case 4 -> new MachineFault.SpuriousInterrupt(targets, random.nextInt(1020));
                case 5 -> new MachineFault.SpuriousWakeUp(targets);
                case 6 -> new MachineFault.DroppedInterrupt(targets, random.nextInt(1020));
                case 7 -> new MachineFault.SpuriousEvent(targets, random.nextInt(Integer.MAX_VALUE));
                default -> new MachineFault.RaisedError(targets, random.nextInt(1 << 25));
            };
        }

        private Injection.Misread misread() {
            long some = random.nextInt() & WrongBits.MAX;
            long others = random.nextInt() & WrongBits.MAX;
            WrongBits bits = random.nextBoolean()
                    ? new WrongBits(1, 0, 0)
                    : new WrongBits(some & others & ~1, some & ~others & ~1, (others & ~some) | 1);
            return new Injection.Misread(random.nextLong() >>> 1, bits, count());
        }

        private Injection.StuckLine stuck() {
            long ticks = random.nextBoolean() ? Injection.Hold.FOREVER : 1 + random.nextInt(100_000);
            return new Injection.StuckLine(32 + random.nextInt(988), random.nextBoolean(), ticks);
        }

        private Injection.BadDisk disk() {
            List<Injection.BadDisk.Failure> all = List.of(Injection.BadDisk.Failure.values());
            return new Injection.BadDisk(random.nextInt(32), all.get(random.nextInt(all.size())), count());
        }

        private long count() {
            return random.nextBoolean() ? Injection.Defect.EVERY_TIME : 1 + random.nextInt(1_000_000_000);
        }

        private Moment moment(int number) {
            return switch (random.nextInt(2)) {
                case 0 -> new Moment.AtSlice(number);
                default -> new Moment.AtTime(number);
            };
        }

        private CallFault fault() {
            RegisterWrites writes = RegisterWrites.NONE.and(1 + random.nextInt(30), random.nextLong());
            return switch (random.nextInt(9)) {
                case 0 -> new CallFault.Refused(writes);
                case 1 -> new CallFault.WrongArgument(writes.and(1 + random.nextInt(30), -1));
                case 2 -> new CallFault.WrongResult(writes.and(0, Long.MIN_VALUE));
                case 3 -> new CallFault.Late(1 + random.nextInt(100_000));
                case 4 -> new CallFault.Lost(CallFault.FOREVER);
                case 5 -> new CallFault.Lost(1 + random.nextLong(MachineSpec.TICKS_PER_SECOND * 3600));
                case 6 -> new CallFault.Repeated();
                case 7 -> new CallFault.Forgotten();
                default ->
                    new CallFault.Crashed(
                            List.of(CallFault.Crashed.When.values()).get(random.nextInt(3)), RegisterWrites.x0(-6));
            };
        }
    }
}
