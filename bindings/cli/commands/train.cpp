#include <adjoin/bindings/cli/commands/train.hpp>

namespace adjoin::cli {

Command train_command() {
  Command command;
  command.name = "train";
  command.summary = "train a graph neural network";
  command.description =
      "Trains a graph neural network and writes it to a file that PyTorch and NumPy can read, with checkpoints on the "
      "way: a training that was stopped, or killed, goes on with --resume to the same bits. adjoin apply uses the "
      "model.";
  command.subcommands = {train_link_command(), train_node_command()};
  return command;
}

}  // namespace adjoin::cli
