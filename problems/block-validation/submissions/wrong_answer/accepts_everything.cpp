// Wrong: takes every block for valid and answers with a bag that holds one empty cell.

#include "block_validation.h"

std::optional<std::vector<std::uint8_t>> validate_block(std::span<const std::uint8_t>, std::span<const std::uint8_t>) {
  return std::vector<std::uint8_t>{0xb5, 0xee, 0x9c, 0x72, 0x41, 0x01, 0x01, 0x01, 0x00,
                                   0x02, 0x00, 0x00, 0x00, 0x4c, 0xac, 0xb9, 0xcd};
}
