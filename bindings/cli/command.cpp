#include <adjoin/bindings/cli/command.hpp>
#include <adjoin/bindings/cli/commands/apply.hpp>

namespace adjoin::cli {

std::vector<Command> all_commands() {
  std::vector<Command> commands;
  commands.push_back(embed_command());
  commands.push_back(similar_command());
  commands.push_back(tune_command());
  commands.push_back(split_command());
  commands.push_back(predict_command());
  commands.push_back(score_command());
  commands.push_back(evaluate_command());
  commands.push_back(linkpred_command());
  commands.push_back(train_command());
  commands.push_back(apply_command());
  commands.push_back(classify_command());
  commands.push_back(cluster_command());
  commands.push_back(simplices_command());
  commands.push_back(plot_command());
  commands.push_back(report_command());
  commands.push_back(info_command());
  commands.push_back(head_command());
  commands.push_back(convert_command());
  commands.push_back(verify_command());
  commands.push_back(generate_command());
  commands.push_back(fetch_command());
  commands.push_back(doctor_command());
  commands.push_back(completion_command());
  commands.push_back(man_command());
  return commands;
}

OptionGroup common_options(CommonOptions& options) {
  return {"Every command", joined(bind_options(options.run), bind_options(options))};
}

}  // namespace adjoin::cli
