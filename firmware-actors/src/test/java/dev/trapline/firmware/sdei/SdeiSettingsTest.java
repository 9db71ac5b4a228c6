package dev.trapline.firmware.sdei;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SdeiSettingsTest {

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = ';',
            value = {
                "version=1.2; 'version' takes 1.0, 1.1, not '1.2'",
                "events=804; takes events as NUMBER:private|shared:normal|critical",
                "events=804:shared; not '804:shared'",
                "events=804:global:normal; not '804:global:normal'",
                "events=-1:shared:normal; not '-1:shared:normal'",
                "events=1:private:normal,1:shared:normal; declares event 1, ",
                "events=0:private:normal; declares event 0, ",
                "events=1000:private:normal; declares event 1000, ",
                "events=1:shared:normal:signalable; makes event 1 signalable, which only a private event can be",
                "events=1:shared:normal:20; binds interrupt 20 to event 1: a private event takes a PPI",
                "events=1:private:normal:32; binds interrupt 32 to event 1: a private event takes a PPI",
                "events=1:shared:normal:40,2:shared:normal:40; binds interrupt 40 to event 2 and to event 1",
                "private-slots=17; 'private-slots' takes 0 to 16, not '17'",
                "shared-slots=many; 'shared-slots' takes 0 to 988, not 'many'",
                "secure-interrupts=x; takes INTIDs as 29, 56-60, not 'x'"
            })
    void aSettingThatIsNotUnderstoodIsRefusedWithWhatItTakes(String setting, String message) {
        assertThatThrownBy(() -> new SdeiMachine(1, setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(setting.substring(0, setting.indexOf('=')))
                .hasMessageContaining(message);
    }

    @Test
    void featuresTellsTheSlots() {
        SdeiMachine machine = new SdeiMachine(1, "private-slots=16", "shared-slots=988");
        assertThat(machine.run("0 FEATURES 0"))
                .as("shared in 31:16, private in 15:0")
                .isEqualTo(988L << 16 | 16);
        assertThat(new SdeiMachine(1, "private-slots=0", "shared-slots=0").run("0 INTERRUPT_BIND 20"))
                .as("no slot at all")
                .isEqualTo(-10);
    }

    @Test
    void aMachineMayHaveNoPlatformEventsAndAlwaysHasEvent0() {
        SdeiMachine machine = new SdeiMachine(1, "events=");
        assertThat(machine.run("0 EVENT_STATUS 804")).isEqualTo(-2);
        assertThat(machine.run("0 EVENT_STATUS 0")).isZero();
    }

    @Test
    void aPrivateEventMayBeDeclaredSignalable() {
        SdeiMachine machine = new SdeiMachine(1, "events=7:private:critical:signalable");
        assertThat(machine.run("0 EVENT_GET_INFO 7 1")).isEqualTo(1);
        machine.run("0 PE_UNMASK, 0 EVENT_REGISTER 7, 0 EVENT_ENABLE 7");
        assertThat(machine.run("0 EVENT_SIGNAL 7 0")).isZero();
        assertThat(machine.delivered()).isEqualTo("7>0");
    }
}
