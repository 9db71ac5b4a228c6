// The PL011, polled.
#include "guest.h"

enum {
    DATA = 0x00 / 4,
    FLAGS = 0x18 / 4,
    LINE_CONTROL = 0x2c / 4,
    CONTROL = 0x30 / 4,
    TRANSMIT_FULL = 1 << 5,
    RECEIVE_EMPTY = 1 << 4,
};

static volatile uint32_t *const uart = (volatile uint32_t *)0x09000000;

void put_char(char c) {
    while (uart[FLAGS] & TRANSMIT_FULL) {
    }
    uart[DATA] = (uint8_t)c;
}

bool has_char(void) {
    uart[LINE_CONTROL] = 0x70;  // eight bits, queues on
    uart[CONTROL] = 0x301;      // receive, transmit, enable
    return !(uart[FLAGS] & RECEIVE_EMPTY);
}

char get_char(void) {
    while (!has_char()) {
    }
    return (char)uart[DATA];
}

void print(const char *text) {
    for (; *text != 0; text++) {
        put_char(*text);
    }
}

void print_decimal(uint64_t value) {
    char digits[20];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count > 0) {
        put_char(digits[--count]);
    }
}

void print_hex(uint64_t value) {
    for (int shift = 60; shift >= 0; shift -= 4) {
        put_char("0123456789abcdef"[value >> shift & 0xf]);
    }
}

void print_line(const char *format, uint64_t first, uint64_t second) {
    uint64_t value = first;
    for (; *format != 0; format++) {
        if (*format != '%') {
            put_char(*format);
            continue;
        }
        format++;
        if (*format == 'd') {
            print_decimal(value);
        } else {
            print_hex(value);
        }
        value = second;
    }
    put_char('\n');
}
