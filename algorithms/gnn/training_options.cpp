#include <iterator>
#include <utility>

#include <adjoin/algorithms/gnn/training_options.hpp>

namespace adjoin::gnn {
namespace {

template <class Row>
void append(std::vector<Row>& rows, std::vector<Row> more) {
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

void check_training_options(const TrainingOptions& options) {
  validate(options);
  validate(options.optimizer);
  validate(options.schedule);
}

std::vector<OptionValue> training_option_values(const TrainingOptions& options) {
  std::vector<OptionValue> values = option_values(options);
  append(values, option_values(options.optimizer));
  append(values, option_values(options.schedule));
  return values;
}

std::vector<Option> bind_training_options(TrainingOptions& options) {
  std::vector<Option> rows = bind_options(options);
  append(rows, bind_options(options.optimizer));
  append(rows, bind_options(options.schedule));
  return rows;
}

}  // namespace adjoin::gnn
