#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// The one function that a submission defines.
//
// block: the bag of cells of the block, without its state update.
// proof: the bag of cells of the Merkle proof of the state before the block.
//
// Returns nothing when the block is invalid, otherwise the canonical bag of cells of the Merkle update from the state
// before to the state after the block. It is called once per process; both spans stay valid until the process ends.
std::optional<std::vector<std::uint8_t>> validate_block(std::span<const std::uint8_t> block,
                                                        std::span<const std::uint8_t> proof);
