// Every header of operations, for tests that go through them all.
#pragma once

#include <adjoin/engine/learn/activations.hpp>
#include <adjoin/engine/learn/attention.hpp>
#include <adjoin/engine/learn/dropout.hpp>
#include <adjoin/engine/learn/elementwise.hpp>
#include <adjoin/engine/learn/gather.hpp>
#include <adjoin/engine/learn/graph_attention.hpp>
#include <adjoin/engine/learn/layout.hpp>
#include <adjoin/engine/learn/linear.hpp>
#include <adjoin/engine/learn/losses.hpp>
#include <adjoin/engine/learn/message_passing.hpp>
#include <adjoin/engine/learn/normal_sample.hpp>
#include <adjoin/engine/learn/normalization.hpp>
#include <adjoin/engine/learn/recurrent.hpp>
#include <adjoin/engine/learn/row_products.hpp>
#include <adjoin/engine/learn/segments.hpp>
#include <adjoin/engine/learn/time_encoding.hpp>
